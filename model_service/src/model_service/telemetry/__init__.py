"""What the service tells of itself: log lines, metrics, and the traces of its work."""
