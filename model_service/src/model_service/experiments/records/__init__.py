"""What is known of experiments: rows of one database, which the web process and workers share."""
