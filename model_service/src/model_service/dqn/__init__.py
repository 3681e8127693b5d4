"""The agent: a double, dueling deep Q-network trained on full-information targets."""
