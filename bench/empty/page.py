"""An empty page with the libraries loaded that a dashboard of this kind needs."""

import folium  # noqa: F401
import geopandas  # noqa: F401
import pandas as pd  # noqa: F401
import plotly.graph_objects as go  # noqa: F401
