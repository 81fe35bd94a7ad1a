"""The empty page served as the site is: uvicorn, the project's settings, a frozen heap."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

import bench.empty.page  # noqa: F401  what the page loads is there before anybody comes


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Freeze what is loaded, as the site does."""
    gc.freeze()
    yield


app = st.App(Path(__file__).with_name("page.py"), lifespan=lifespan)
