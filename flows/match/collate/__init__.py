"""Witnesses beside their leaders: where they differ, in the smallest runs, and what sort of difference it is."""
