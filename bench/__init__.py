"""Measurements of the running site: bytes and times of first views and reruns."""
