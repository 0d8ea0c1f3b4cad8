"""The reading room: pages in the browser over the published tables, for people who do not write SQL."""

PORT = 4280
"""Where the room is found if nothing else is said."""
ADDRESS = f"http://127.0.0.1:{PORT}/"
