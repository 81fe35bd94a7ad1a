"""Connectors: rows proposed from official open data, for a curator to look at.

A connector asks a public service (`http.Client`), reads its answers, holds them against
the tables and gives a `plan.Plan`: rows to add or complete, and what it could not place.
``python -m loaders.connectors NAME --out FILE`` shows the plan as a diff and writes a CSV
that ``python -m loaders import FILE`` takes. Nothing here writes into ``data/``.

How the next one is written: ``docs/connectors.md``.
"""
