"""Captures to documents and blocks: one module per media type."""
