"""Import risk: does the order of arrival hold, and the rank of cases elsewhere; and how soon is the answer there.

Seeded epidemics between 80 made-up cities (tests/epidemic.py): effective distance against the distance as the crow
flies, by rank correlation with the days of arrival; and the model, fitted on a third of each epidemic, against the
flow, the population and gravity alone, by rank correlation with the cases ten days later. The whole answer is timed
for 366 cities and 91 days, the size of a country.
"""

from __future__ import annotations

import numpy as np

from grid.arrays import Floats
from grid.flows import effective, import_risk
from grid.flows.import_risk import Seen, spearman
from tests.bench.table import Verdict, interleaved, show
from tests.epidemic import DAYS, Epidemic, epidemic

SEEDS = 12
GOAL_ARRIVAL, GOAL_DISTANCE, GOAL_SECONDS = 0.9, 0.6, 0.5
CITIES, SPAN = 366, 91
AHEAD = 10


def run() -> Verdict:
    """All figures."""
    made = [epidemic(seed) for seed in range(SEEDS)]
    arrival, distance = _arrivals(made)
    model, flow, inside = _cases(made)
    seconds = _speed()
    return Verdict(
        f"arrival {arrival:.2f} (distance {distance:.2f}), cases {model:.2f} (flow {flow:.2f}), "
        f"{100 * inside:.0f} % in the band, {1e3 * seconds:.0f} ms",
        f"goal: >= {GOAL_ARRIVAL}, < {GOAL_DISTANCE}, >= flow, 80 to 97 %, <= {1e3 * GOAL_SECONDS:.0f} ms",
        arrival >= GOAL_ARRIVAL > GOAL_DISTANCE > distance
        and model >= flow
        and 0.80 <= inside <= 0.97
        and seconds <= GOAL_SECONDS,
    )


def _arrivals(made: list[Epidemic]) -> tuple[float, float]:
    """The worst seed's rank correlation of the arrival days with effective distance; the best one's with distance."""
    rows = []
    for one in made:
        found = effective.reach(one.share, 0).distance[1:]
        rows.append((spearman(found, one.arrival[1:]), spearman(one.distance[1:], one.arrival[1:])))
    show(
        (f"{SEEDS} epidemics, rank correlation with the days of arrival", "middle", "worst", "best"),
        [
            (name, *(f"{figure(values):.3f}" for figure in (np.median, np.min, np.max)))
            for name, values in zip(("effective distance", "distance"), zip(*rows, strict=True), strict=True)
        ],
    )
    return min(row[0] for row in rows), max(row[1] for row in rows)


def _cases(made: list[Epidemic]) -> tuple[float, float, float]:
    """Mean rank correlations of the model and of the flow with the cases AHEAD days later; share of cities that
    lie inside the band which was made without them."""
    ranks: dict[str, list[float]] = {name: [] for name in ("model", "flow alone", "gravity", "population")}
    inside = []
    for one in made:
        seen, moment = _seen(one), _moment(one)
        fit = import_risk.fit(seen, moment, (0, moment))
        assert fit is not None
        day = moment + AHEAD
        cases = seen.at(day)
        rivals = {"flow alone": one.share[0, 1:], "population": seen.population}
        rivals["gravity"] = seen.population / np.maximum(one.distance[1:], 1) ** 2
        for name, values in {"model": fit.expected(seen, day), **rivals}.items():
            ranks[name].append(spearman(values, cases))
        inside.append(fit.quality.covered)
    means = {name: float(np.mean(values)) for name, values in ranks.items()}
    show(
        (f"rank correlation with the cases {AHEAD} days later, mean", ""),
        [(name, f"{value:.3f}") for name, value in means.items()],
    )
    return means["model"], means["flow alone"], float(np.mean(inside))


def _seen(one: Epidemic) -> Seen:
    flow = np.tile(one.share[0, 1:] * one.leaving[0], (DAYS, 1))
    days, cases = np.arange(DAYS), one.cases[:, 1:].astype(np.float64)
    return Seen(days, cases, days, flow, one.people[1:].astype(np.float64))


def _moment(one: Epidemic) -> int:
    """The first day on which a third of the cities has cases."""
    reached = (one.cases > 0).mean(axis=1)
    return int(np.flatnonzero(reached >= 1 / 3)[0])


def _speed() -> float:
    """Seconds of the whole answer of one day: matrix, distances, onward risk, fit and band."""
    random = np.random.default_rng(7)
    flow = random.lognormal(2, 1.6, (SPAN, CITIES))
    people = random.lognormal(14.5, 0.9, CITIES)
    cases = np.cumsum(random.poisson(flow / 20), axis=0).astype(np.float64)
    seen = Seen(np.arange(SPAN), cases, np.arange(SPAN), flow, people)
    net = effective.shares(random.lognormal(0, 2, (CITIES, CITIES)))

    def whole() -> Floats:
        share = import_risk.carried(np.full(14, 500.0), np.full(14, 1e7))
        there = import_risk.exported(flow[-14:], share)
        reach = effective.reach(net, 0)
        effective.second_order(there.mean, net, np.full(CITIES, 0.01), 7)
        fit = import_risk.fit(seen, SPAN - 1, (0, SPAN - 1))
        assert fit is not None
        fit.band(seen)
        fit.outliers(seen)
        return reach.distance

    seconds = interleaved({"whole answer": whole, "distances alone": lambda: effective.reach(net, 0)}, 5)
    show((f"{CITIES} cities, {SPAN} days", "ms"), [(name, f"{1e3 * s:.1f}") for name, s in seconds.items()])
    return seconds["whole answer"]
