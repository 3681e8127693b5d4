"""The count of looks in the database: SQLite on one machine, PostgreSQL in a cluster."""
