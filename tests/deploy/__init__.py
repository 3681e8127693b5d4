"""Checks of the files of deploy/: what renders, what is sent, what runs."""
