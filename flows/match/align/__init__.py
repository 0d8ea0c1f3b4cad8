"""Pairs of articles to aligned spans: which pairs, from which seeds, how far they reach, whether they are proved."""
