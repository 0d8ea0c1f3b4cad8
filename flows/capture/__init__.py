"""Bytes in: WARC records and captures."""
