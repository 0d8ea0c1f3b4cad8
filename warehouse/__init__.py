"""Where it is kept: WARC store, Delta tables, snapshots, the DuckDB catalogue."""
