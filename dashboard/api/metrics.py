"""Metrics for Prometheus at /metrics: requests by address and status with their time, and how the data stand.

Each app has a registry of its own. Where several processes serve, a scrape sees the requests of the one that answers
it; so each says by the label ``process`` whose they are, and no counter ever seems to run backwards: sum the rates.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from importlib.metadata import version as release_of
from platform import python_version

import flask
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dashboard.queries import Desk
from dashboard.queries.freshness import data_moment, freshness, is_archive
from dashboard.routes import ViewerOf
from data.errors import StoreError
from data.store import utcnow

#: Seconds: from a look-up to a report.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Data(Collector):
    """What the store holds, read when somebody scrapes; ``onescreen_up`` is 0 while it cannot be reached."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: registering must not ask the store."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges of this moment."""
        build = GaugeMetricFamily("onescreen_build", "release and Python", labels=["release", "python"])
        build.add_metric([release_of("onescreen"), python_version()], 1)
        yield build
        try:
            found = list(self._of_store())
        except StoreError:
            found = []
        yield GaugeMetricFamily("onescreen_up", "whether the store answers", value=1 if found else 0)
        yield from found

    def _of_store(self) -> Iterator[GaugeMetricFamily]:
        desk = self.desk
        loads = desk.cube.store.loads()
        yield GaugeMetricFamily("onescreen_version", "number of the newest load", value=desk.cube.store.version())
        yield GaugeMetricFamily("onescreen_loads", "loads in the store", value=len(loads))
        yield GaugeMetricFamily("onescreen_rows_taken", "rows taken", value=sum(load.taken for load in loads))
        yield GaugeMetricFamily("onescreen_rows_rejected", "rows sent back", value=sum(load.rejected for load in loads))
        archive = is_archive(desk.city, loads)
        now = (data_moment(desk.city, loads) if archive else None) or utcnow()
        age = GaugeMetricFamily("onescreen_source_age_hours", "age of a source's newest data", labels=["source"])
        late = GaugeMetricFamily("onescreen_source_late", "0 fresh, 1 late, 2 very late", labels=["source"])
        for one in freshness(desk.city, loads, now):
            if math.isfinite(one.age):
                age.add_metric([one.source.name], one.age)
                late.add_metric([one.source.name], {"warn": 1, "error": 2}.get(one.state, 0))
        yield age
        yield late


def register(server: flask.Flask, desk: Desk, viewer_of: ViewerOf) -> None:
    """Counts every request of the server, and answers at /metrics who may see every load."""
    registry = CollectorRegistry()
    labels = ("process", "endpoint", "method", "status")
    requests = Counter("onescreen_requests", "requests answered", labels, registry=registry)
    seconds = Histogram(
        "onescreen_request_seconds", "time to answer", ("process", "endpoint"), buckets=BUCKETS, registry=registry
    )
    registry.register(Data(desk))

    def started() -> None:
        flask.g.onescreen_started = time.perf_counter()

    def ended(answer: flask.Response) -> flask.Response:
        rule = flask.request.url_rule
        process, endpoint = str(os.getpid()), rule.rule if rule else "none"
        requests.labels(process, endpoint, _method(flask.request.method), str(answer.status_code)).inc()
        if "onescreen_started" in flask.g:
            seconds.labels(process, endpoint).observe(time.perf_counter() - flask.g.onescreen_started)
        return answer

    def metrics() -> flask.Response:
        desk.may_see_deliveries(viewer_of(), every=True)
        answer = flask.Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    server.before_request(started)
    server.after_request(ended)
    server.add_url_rule("/metrics", view_func=metrics)


def _method(name: str) -> str:
    """A made-up method is one label, not as many as there are attackers."""
    return name if name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
