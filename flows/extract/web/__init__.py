"""Web pages: the DOM cut into blocks, what each block is, and what the page says of itself."""
