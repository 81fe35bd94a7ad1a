"""The ladder of stages as data."""

from __future__ import annotations

import pandas as pd

from loaders.datasets.vocabularies import stages
from loaders.engine import Runner

#: First stage that pilots (not applications) are followed from.
FIRST_PILOT_STAGE = "selected"


def ladder_frame(run: Runner) -> pd.DataFrame:
    """Steps in order: ``stage``, ``rank``, names and definitions in both languages, TRL band."""
    table = stages()
    frame = run(table.filter(table.kind == "ladder").order_by("rank"))
    return frame.reset_index(drop=True)


def rank_of(run: Runner, stage: str) -> int:
    """Position of ``stage`` on the ladder.

    Raises:
        KeyError: not a step of the ladder.
    """
    frame = ladder_frame(run).set_index("stage")
    return int(frame.loc[stage, "rank"])
