"""Figures: tidy frames and finished words in, Plotly figures, folium maps or SVG out.

No data access, no language, no page state: every text comes in as an argument.
"""
