"""Where things stand on printed pages: boxes in reading order, without regard to any file's order."""
