"""Dockerfiles and the compose file, held against linters, a schema and rules of our own."""
