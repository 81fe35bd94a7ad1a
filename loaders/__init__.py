"""Data loaders: from the CSV data package to a queryable snapshot.

Nothing here knows of pages, charts or Streamlit. The tables, their columns,
types, keys and words are described once, in ``data/datapackage.json``.
"""
