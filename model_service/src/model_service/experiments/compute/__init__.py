"""Units of compute: what one does, what it tells meanwhile, and where it runs."""
