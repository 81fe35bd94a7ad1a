"""Faults done to real processes of the site: ``python -m tests.chaos`` (``make chaos``).

Each case says what was done and what happened, and fails when that was wrong.
"""
