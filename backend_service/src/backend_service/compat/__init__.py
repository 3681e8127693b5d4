"""Routes of the original system, kept for its clients."""
