"""Where input comes from: the registry, and one reader per kind of source."""
