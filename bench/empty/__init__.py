"""An empty page, the measure of what a page can cost least."""
