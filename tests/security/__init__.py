"""Hostile data and hostile requests against the whole site."""
