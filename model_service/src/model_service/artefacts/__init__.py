"""Artefacts on disk: agents. Knows files, and nothing of what they mean."""
