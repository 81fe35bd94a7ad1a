"""The empty page served as the site is: uvicorn, the project's settings, a frozen heap."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Load what the page loads before anybody comes, as the site does."""
    import bench.empty.page  # noqa: F401

    gc.freeze()
    yield


app = st.App(Path(__file__).with_name("page.py"), lifespan=lifespan)
