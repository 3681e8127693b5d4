"""Container images: how they are built, and bases for machines that reach no registry."""
