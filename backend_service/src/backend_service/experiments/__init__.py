"""Experiments: training and evaluation that the model service does in the background."""
