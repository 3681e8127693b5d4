"""The gateway's side of the model service."""
