"""The assessment: from runs on test candles to the report that a trader reads."""
