"""Symbols and candles: what is stored, what a provider brings, what is shown."""
