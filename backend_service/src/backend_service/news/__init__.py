"""News: headlines that are stored, refreshed, scored and shown."""
