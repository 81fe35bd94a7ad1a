"""Routes of the boundaries and of the data package as files."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from pathlib import Path as File
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import formats, spec
from api.caching import Answer, entity_tag, send
from api.parameters import Nothing
from api.problems import ProblemError
from loaders.boundaries import Level, boundary_file
from loaders.package import Package, data_dir

LEVELS: tuple[Level, ...] = ("provinces", "municipalities")
#: Folder of the plain tables, relative to the descriptor.
DATA = "data"
