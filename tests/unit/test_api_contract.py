"""Every route keeps what its OpenAPI document promises, whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.config._checks import NegativeDataRejectionConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette
from starlette.routing import Mount

from api.v1 import PREFIX, create_app
from tests.support import DATA, environment

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module", autouse=True)
def served(good_snapshot: Path) -> Iterator[None]:
    with environment(DATA, good_snapshot):
        yield


# the document needs the descriptor alone; the snapshot is there when the tests run
site = Starlette(routes=[Mount(PREFIX, create_app())])
refusals = NegativeDataRejectionConfig(expected_statuses=["404", "414", "422"])
rules = SchemathesisConfig(
    projects=ProjectsConfig(
        default=ProjectConfig(
            checks=ChecksConfig(negative_data_rejection=refusals),
            # hundreds of near-equal requests for each of the many columns
            phases=PhasesConfig(coverage=CoveragePhaseConfig(enabled=False)),
        )
    )
)
described = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", site, config=rules)


@described.parametrize()
@settings(
    max_examples=8,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_described(case: Case[Any]) -> None:
    case.call_and_validate(checks=CHECKS)
