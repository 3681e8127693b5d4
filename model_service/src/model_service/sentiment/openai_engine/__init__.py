"""Sentiment by any endpoint that speaks OpenAI's chat completions, within a spending cap a day."""
