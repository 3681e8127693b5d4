"""Checks of the whole method on markets whose truth is known."""
