"""Versions of the stages. Raising one derives its rows anew from the raw bytes at the next run."""

DIBAO = "0.1.0"
"""Version of the distribution."""

SEGMENT = "5"
CLEAN = "3"
MATCH = "2"
