"""What the process measures of itself, for Prometheus.

Given out on a port of its own (``ATLAS_METRICS_PORT``), which is not for the public: it listens
on ``ATLAS_METRICS_HOST``, by default only on this machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

PAGE_RUNS = Counter("atlas_page_runs_total", "Runs of a page", ["page", "outcome"])
PAGE_SECONDS = Histogram(
    "atlas_page_run_seconds", "Time a run of a page took", ["page"], buckets=_SECONDS
)
ANSWERS = Counter("atlas_http_answers_total", "HTTP answers", ["area", "status"])
ANSWER_SECONDS = Histogram(
    "atlas_http_seconds", "Time to the end of an HTTP answer", ["area"], buckets=_SECONDS
)
COMPUTED = Counter("atlas_results_computed_total", "Results that no cache had")
ASKED = Counter("atlas_results_asked_total", "Results that pages asked for")
CONNECTIONS = Gauge("atlas_connections", "Visitors connected now")


@contextmanager
def page_run(page: str) -> Iterator[None]:
    """Measure a run of a page; a run that was cut short by the next one counts as stopped."""
    began = time.perf_counter()
    outcome = "stopped"
    try:
        yield
        outcome = "done"
    except Exception:
        outcome = "failed"
        raise
    finally:
        PAGE_RUNS.labels(page, outcome).inc()
        PAGE_SECONDS.labels(page).observe(time.perf_counter() - began)


class _Snapshot(Collector):
    """Reads the state of the snapshot when it is asked for."""

    def __init__(self, state: Callable[[], tuple[str | None, str]]) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Which snapshot is served, and whether it is the wanted one."""
        snapshot_id, fault = self._state()
        which = GaugeMetricFamily(
            "atlas_snapshot", "1 for the snapshot that is served", labels=["snapshot_id"]
        )
        if snapshot_id is not None:
            which.add_metric([snapshot_id], 1)
        yield which
        yield GaugeMetricFamily(
            "atlas_degraded", "1 when not the wanted snapshot is served", 1 if fault else 0
        )


def give_out(state: Callable[[], tuple[str | None, str]]) -> None:
    """Answer Prometheus when a port is named; nothing listens otherwise.

    ``state``: id of the snapshot that is served, and why it is not the wanted one (or "").
    """
    port = os.environ.get("ATLAS_METRICS_PORT", "")
    if port:
        REGISTRY.register(_Snapshot(state))
        start_http_server(int(port), addr=os.environ.get("ATLAS_METRICS_HOST", "127.0.0.1"))
