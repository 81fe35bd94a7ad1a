"""Two-page briefs on a place or a programme, to read, print and hand out."""
