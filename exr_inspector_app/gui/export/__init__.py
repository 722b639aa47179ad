"""Export of tables to CSV, JSON and Parquet."""
