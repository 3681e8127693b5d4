"""Bellwether's gateway: fetches, stores, formats and guards; never computes a signal."""

from importlib.metadata import version

__version__ = version("bellwether-backend-service")
