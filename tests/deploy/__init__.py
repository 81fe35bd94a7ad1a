"""Tests of the site as it is deployed: behind a proxy, and on a database server."""
