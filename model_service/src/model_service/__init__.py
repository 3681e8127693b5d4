"""Bellwether's model service: candles in; decisions, fills, ledgers and metrics out."""

from importlib.metadata import version

__version__ = version("bellwether-model-service")
