"""Protocols: who learns from which candles, and who is scored on which."""
