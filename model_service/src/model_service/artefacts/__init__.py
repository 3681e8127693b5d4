"""What is kept, in folders or on S3: agents, candles, reports. Knows files, not their meaning."""
