"""Figures of the atlas: pure functions from the snapshot to tidy frames.

Each takes a `loaders.engine.Runner` and hashable parameters, asks with unbound
Ibis expressions, and returns a `Result`: the numbers, the rows behind them and
what they cover. Nothing here knows of pages or languages.
"""
