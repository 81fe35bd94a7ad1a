"""Running the site for many visitors."""
