"""The demo city's events: what its gates, hotlines, clinics and grid workers report, and what its posts do about it.

They come in and are acted on through the same functions as real ones, on a clock of their own that ends at the city's
now; so there are some of every class, fresh and old ones, folded, escalated, handed over, reopened and closed ones.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from data.errors import EventStateError
from data.events import Events, clock, intake, outbox, work
from data.events.classes import EventClass
from data.events.owner import Tree, superior
from data.events.read import standing
from data.events.report import Report

#: Hours before now at which it begins: a day and a half of loops to be measured.
HOURS = 36
#: Minutes between two looks at the clock, as beside the serving but not so often: nobody sees the difference.
TICK = 30
#: Share of events that come to the last four hours, so that there is something to be done.
FRESH, FRESH_HOURS = 0.35, 4

#: Class -> (how many in a hundred, who says so, where, zh, en).
SAID: dict[str, tuple[int, str, str, str, str]] = {
    "gate_hit": (14, "gate", "东门门禁", "红码人员刷码出门", "somebody with a red code passed the gate"),
    "parking_hit": (7, "parking", "地下车库入口", "重点地区车辆驶入", "a car from a risk area drove in"),
    "home_alarm": (13, "door", "单元门磁", "居家隔离期间门磁开启", "the door of a home in isolation was opened"),
    "arrival": (22, "checkpoint", "高速出口检查点", "来自高风险区，须落位管理", "from a high-risk area, to be placed"),
    "fever": (9, "clinic", "发热门诊", "发热就诊，未做核酸", "came with a fever, not tested yet"),
    "hotline": (13, "hotline", "12345 热线", "封控楼栋买药难", "medicine is hard to get in a closed building"),
    "citizen": (8, "citizen", "小程序", "聚集未散", "a crowd that does not disperse"),
    "grid_worker": (10, "grid", "巡查点位", "围挡缺口", "a gap in the barrier"),
    "risk_signal": (2, "duty", "疾控值班", "一周内病例偏多", "more cases this week than usual"),
    "stale_source": (2, "duty", "数据值班", "台账未按时到达", "a ledger did not come in time"),
}

#: What is told of more than a community.
WIDE = ("risk_signal", "stale_source")

#: How an event goes -> how often in a hundred.
MOODS = {"prompt": 58, "slow": 16, "silent": 7, "stuck": 8, "returned": 7, "handed": 4}

#: What is written at a step.
NOTES = {
    "accept": "已派单 / sent out",
    "act": "已到场 / on the spot",
    "feed_back": "已核实并处置 / checked and dealt with",
    "close": "已复核 / verified",
    "reopen": "复核未通过，请再处置 / not done yet, please see to it again",
    "hand_over": "不属本单位，转上级 / not ours, handed on",
}
EVIDENCE = "现场登记单 / a form filled in on the spot"


@dataclass(order=True)
class _Act:
    """Something that happens at a moment."""

    at: dt.datetime
    turn: int
    do: Callable[[dt.datetime], None] = field(compare=False)


@dataclass(frozen=True)
class _Stage:
    """What it is played on."""

    book: Events
    tree: Tree
    now: dt.datetime
    rng: random.Random


def play(
    book: Events, tree: Tree, places: Sequence[tuple[str, str]], now: dt.datetime, seed: int, events: int = 100
) -> int:
    """Fills an empty book with so many ``events`` up to ``now``, those that fold counted too; how many. ``places``:
    (code of an area, cell or "") where they happen. The same arguments make the same events."""
    stage = _Stage(book, tree, now, random.Random(seed))
    acts: list[_Act] = []
    for n in range(events):
        acts += _event(stage, n, *stage.rng.choice(places), turn=len(acts))
    acts += _fetches(stage, {tree.chain(area)[-2][1] for area, _ in places if len(tree.chain(area)) > 1})
    ticks = range(HOURS * 60 // TICK + 1)
    acts += [_Act(now - dt.timedelta(minutes=TICK * n), -n, lambda at: _tick(stage, at)) for n in ticks]
    for act in sorted(acts):
        act.do(act.at)
    return events


def _tick(stage: _Stage, at: dt.datetime) -> None:
    clock.tick(stage.book, stage.tree, at)


def _event(stage: _Stage, n: int, area: str, cell: str, turn: int) -> list[_Act]:
    """The reports of one event, and its life."""
    rng = stage.rng
    klass = stage.book.classes[rng.choices(list(SAID), [said[0] for said in SAID.values()])[0]]
    if klass.id in WIDE:
        area, cell = superior(stage.tree, stage.tree.chain(area)[0])[1], ""
    began, found = _moment(stage), [0]
    subject = f"p-{rng.getrandbits(40):010x}"

    def report(key: str) -> Callable[[dt.datetime], None]:
        said = _report(klass, key, area, cell, subject)

        def take(at: dt.datetime) -> None:
            found[0] = intake.take_one(stage.book, said, stage.tree, at, by=said.source).event or 0

        return take

    again = rng.choices((0, 1, 3), (80, 14, 6))[0]
    times = [began, *(began + dt.timedelta(minutes=rng.uniform(2, 50)) for _ in range(again))]
    made = [_Act(at, turn + m, report(f"{n}-{m}")) for m, at in enumerate(times)]
    for step, minutes in _life(rng, klass):
        made.append(_Act(began + dt.timedelta(minutes=minutes), turn + len(made), _step(stage, found, step)))
    return [act for act in made if act.at <= stage.now]


def _moment(stage: _Stage) -> dt.datetime:
    hours = FRESH_HOURS if stage.rng.random() < FRESH else HOURS
    return stage.now - dt.timedelta(hours=hours * stage.rng.random())


def _report(klass: EventClass, key: str, area: str, cell: str, subject: str) -> Report:
    _, source, place, zh, en = SAID[klass.id]
    whom = subject if klass.same == "subject" else ""
    where = f"{place} {key.partition('-')[0]}" if klass.same == "place" else place
    return Report(source, key, klass.id, area, cell, whom, where, zh, more={"zh": zh, "en": en})


def _life(rng: random.Random, klass: EventClass) -> Iterator[tuple[str, float]]:
    """(step, minutes after it was first reported)."""
    mood = rng.choices(list(MOODS), list(MOODS.values()))[0]
    if mood == "silent":
        return
    pace = rng.uniform(0.9, 1.6) if mood == "slow" else rng.uniform(0.1, 0.7)
    at = pace * klass.accept
    if mood == "handed":
        yield "hand_over", at
        at += pace * klass.accept
    yield "accept", at
    at += pace * (klass.act - klass.accept) * 0.6
    yield "act", at
    if mood == "stuck":
        return
    at += rng.uniform(15, 60) + pace * 30
    yield "feed_back", at
    at += pace * min(klass.close - klass.act, 600) * 0.5
    yield ("reopen" if mood == "returned" else "close"), at
    if mood == "returned" and rng.random() < 0.5:
        for step, minutes in (("accept", 30), ("act", 60), ("feed_back", 120), ("close", 200)):
            yield step, at + minutes


def _step(stage: _Stage, found: Sequence[int], step: str) -> Callable[[dt.datetime], None]:
    """A step of whoever's event it is then; what somebody else's has overtaken is left."""
    rated = stage.rng.choices((True, False, None), (70, 12, 18))[0]

    def take(at: dt.datetime) -> None:
        event = standing(stage.book, found[0])
        post = "check" if step in ("close", "reopen") else "post"
        said = {"by": f"{post}-{event.owner}", "role": "official", "key": f"{event.id}-{step}-{at:%d%H%M%S}", "now": at}
        said |= {"note": NOTES[step]}
        if step == "feed_back":
            said |= {"evidence": (EVIDENCE,)}
        if step == "close":
            said |= {"satisfied": rated}
        if step == "hand_over":
            said |= {"to": superior(stage.tree, (event.level, event.owner))[1], "tree": stage.tree}
        with suppress(EventStateError):
            getattr(work, step)(stage.book, event.id, **said)

    return take


def _fetches(stage: _Stage, districts: set[str]) -> Iterator[_Act]:
    """Each district fetches the entries that it was told of every hour or two; one of them sleeps through a night."""
    for n, district in enumerate(sorted(districts)):
        at = stage.now - dt.timedelta(hours=HOURS)
        while (at := at + dt.timedelta(minutes=stage.rng.uniform(70, 190))) < stage.now:
            asleep = n == 0 and 8 <= (stage.now - at).total_seconds() / 3600 < 15
            if not asleep:
                yield _Act(at, 0, _fetch(stage, district))


def _fetch(stage: _Stage, district: str) -> Callable[[dt.datetime], None]:
    def take(at: dt.datetime) -> None:
        outbox.fetch(stage.book, [district], at, classes=["arrival"])

    return take
