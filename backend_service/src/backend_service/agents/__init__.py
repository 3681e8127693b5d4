"""Trained agents, as the model service lists them."""
