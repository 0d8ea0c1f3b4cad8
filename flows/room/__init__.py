"""The reading room: pages in the browser over the published tables, for people who do not write SQL."""
