"""Blocks to passages and edits: one rule, one function, one version."""
