"""HTTP routes beside the pages: map assets, health, robots."""
