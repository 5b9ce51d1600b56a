"""A tagged table over pages, written directly: no layout engine, the same bytes each time."""
