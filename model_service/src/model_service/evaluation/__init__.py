"""What an agent is worth: splits, backtests, baselines, and the count of looks."""
