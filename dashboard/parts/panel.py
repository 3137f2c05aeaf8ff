"""The panel: the shown area's figures, its curve, what lies inside it, and what could not be located."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard import numbers
from dashboard.parts.base import Part
from dashboard.queries import KEY_FIGURES, Answer, Day, Desk, Figure, Note, Unlocated
from dashboard.queries.cite import Cited, Given, cite
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.queries.questions import given
from dashboard.queries.questions import measured as told
from dashboard.said import Said, join, number, quoted
from dashboard.shown import Shown
from dashboard.texts import say, words
from data.terms import DENOMINATORS, LEVELS, TIERS
from data.words import Lang
from grid.measures import MEASURES, Measure, by
from grid.rates import REPORTED_SHARE

#: Columns that a table has beside the layer's own, if the city has them.
COLUMNS = ("positives", "incidence_7d", "growth")
MOST_COLUMNS = 3

#: Rows that a table is sent with; a street of cells can have more.
MOST_ROWS = 400

#: Reasons shown of what could not be placed; the rest is one more line.
MOST_NOTES = 6

MEAN_DAYS = 7


class Panel(Part):
    """See :func:`describe`."""

    _type = "Panel"


def describe(desk: Desk, shown: Shown) -> dict[str, Any]:
    """Everything of the panel; in an empty city, what can be said without numbers."""
    lang, place = shown.viewer.lang, shown.place
    day = shown.day
    return {
        "area": place.name,
        "code": place.code,
        "level": LEVELS[place.level].name(lang),
        "day": day_words(shown) if day else "",
        "figures": _figures(desk, shown, day) if day else [],
        "per": _per(shown) if day else None,
        "curve": curve(desk, shown),
        "table": table(desk, shown) if day else None,
        "unlocated": unlocated(desk, shown) if day else None,
        "none": "" if day else say("no_data_yet", lang),
        "words": words(
            ("figures", "compared", "curve", "mean", "daily", "name", "sort", "rows_more", "children_none", "sheet",
             "unlocated", "why", "up", "down", "flat", "bad", "good"),
            lang,
        ),
    }  # fmt: skip


def day_words(shown: Shown) -> str:
    """The shown day with its weekday, and as known when if not as known now."""
    lang = shown.viewer.lang
    assert shown.day is not None
    text = f"{numbers.day_text(shown.day, lang)} {numbers.weekday(shown.day, lang)}"
    return text if shown.as_of is None else f"{text} · {say('known_then', lang)}"


# figures -------------------------------------------------------------------------------------------


def _figures(desk: Desk, shown: Shown, day: Day) -> list[dict[str, Any]]:
    names = [by(MEASURES[name], shown.state.per).id for name in KEY_FIGURES]
    found = desk.figures(shown.viewer, shown.place.code, day, shown.as_of, names)
    return [{**_figure(shown.viewer.lang, one), "late": _late(desk, shown, one)} for one in found]


def _late(desk: Desk, shown: Shown, figure: Figure) -> dict[str, Any] | None:
    """By how much the latest source of a figure is late; greyed where it has stopped (``stale``)."""
    beside, lang = desk.beside(FreshnessDesk), shown.viewer.lang
    one = beside.late_of(shown.viewer, figure.measure, figure.answer.day, shown.as_of)
    if one is None:
        return None
    days, hours = quoted(str(int(one.over // 24))), quoted(str(max(1, int(one.over))))
    age = say("age_days", lang, n=days) if one.over >= 48 else say("age_hours", lang, n=hours)
    about = join(" · ", [quoted(one.name(lang)), say("source_doubtful_about", lang)])
    return {"text": say("source_late", lang, age=age), "about": about, "stale": one.state == "error"}


def measured(one: Cited, made: Measure, lang: Lang, *, unit: bool = False) -> Said:
    """A measure's number as it is shown, or 未报, 隐去小数 where no number can; ``unit``: with its unit."""
    after = f" {numbers.unit(made, lang)}".rstrip() if unit else ""
    return number(one, lambda value: numbers.number(value, made, lang) + after, lambda state: say(state, lang))


def _per(shown: Shown) -> dict[str, Any]:
    """By which people rates are told, and by which they could be; those that were not counted cannot be chosen."""
    lang, counts = shown.viewer.lang, {"registered": "population", "present": "present"}
    options = [
        {
            "id": term.id,
            "name": term.name(lang),
            "has": counts[term.id] in shown.status.days,
            "about": MEASURES[counts[term.id]].about(lang),
            "pressed": term.id == shown.state.per,
        }
        for term in DENOMINATORS.values()
    ]
    return {"label": say("per", lang), "none": say("no_data_yet", lang), "options": options}


def _figure(lang: Lang, figure: Figure) -> dict[str, Any]:
    made, now = figure.measure, figure.answer
    told = Given(figure, cite("compared", name=made.id, area=now.area, day=now.day))
    return {
        "id": made.id,
        "name": made.name(lang),
        "about": made.about(lang),
        "unit": numbers.unit(made, lang),
        "estimate": say("estimate", lang) if made.estimate else None,
        "text": measured(told["answer"], made, lang),
        "exact": "" if now.value is None else number(told["answer"], lambda v: numbers.exact(v, made), str),
        "state": now.state,
        **_change(told, lang),
    }


def _change(told: Given[Figure], lang: Lang) -> dict[str, Any]:
    """Direction and goodness are two fields: an arrow, and a word with a colour."""
    figure = told.what
    if figure.answer.value is None or figure.before.value is None:
        return {"direction": "none", "goodness": "neutral", "change": say("no_comparison", lang), "verdict": ""}
    text = say("flat", lang) if figure.direction == "flat" else changed(told, lang)
    verdict = say(figure.goodness, lang)
    return {"direction": figure.direction, "goodness": figure.goodness, "change": text, "verdict": verdict}


def changed(told: Given[Figure], lang: Lang) -> Said:
    """By how much a key figure changed, as :func:`dashboard.numbers.change` writes it; both its values are known."""
    made, before, now = told.what.measure, told.what.before.value, told.what.answer.value
    assert before is not None
    assert now is not None
    if made.form in ("growth", "share"):
        return number(told["change"], lambda value: numbers.points(value, made, lang), str)
    if numbers.in_percent(before, now):
        return number(told["relative"], numbers.relative, str)
    return number(told["change"], lambda value: numbers.difference(value, made, lang), str)


# curve ---------------------------------------------------------------------------------------------


def curve(desk: Desk, shown: Shown) -> dict[str, Any] | None:
    """The layer of the shown area on every day: values (None: none), states, texts, and the 7-day mean of a count
    that happens on its day."""
    if shown.first is None or shown.last is None:
        return None
    lang, made = shown.viewer.lang, shown.measure
    answers = desk.series(shown.viewer, made.id, shown.place.code, shown.first, shown.last, shown.as_of)
    first, last = (numbers.day_text(d, lang) for d in (shown.first, shown.last))
    flow = made.form == "count" and not made.stock and not made.back
    points = [_on(shown, answer) for answer in answers]
    return {
        "name": made.name(lang),
        "unit": numbers.unit(made, lang),
        "about": say("curve_about", lang, measure=made.name(lang), first=first, last=last),
        "values": [_rounded(answer.value) for answer in answers],
        "states": [answer.state for answer in answers],
        "texts": [measured(one, made, lang, unit=True) for one in points],
        "mean": moving_mean([answer.value for answer in answers]) if flow else None,
        "form": "bars" if flow else "line",
        "signed": made.form == "growth",
        "days": [f"{numbers.day_text(a.day, lang, year=False)} {numbers.weekday(a.day, lang)}" for a in answers],
        "ticks": ticks(shown),
        "index": (shown.day - shown.first).days if shown.day else 0,
        "top": _axis_top(points, made, lang),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _on(shown: Shown, answer: Answer) -> Cited:
    """A day of the curve: asked for with all of its days."""
    span = {"area": answer.area, "first": shown.first, "last": shown.last}
    return Cited(answer.value, answer.state, cite("series", f"[{answer.day}]", name=shown.measure.id, **span))


def _axis_top(told: Sequence[Cited], made: Measure, lang: Lang) -> str:
    """The highest value, whatever its sign."""
    highest = max((one for one in told if one.value), key=lambda one: abs(one.value or 0.0), default=None)
    if highest is None:
        return ""
    return number(highest, lambda value: numbers.number(abs(value), made, lang), str)


def moving_mean(values: Sequence[float | None]) -> list[float | None]:
    """Mean of the last 7 days' reported values; None where fewer than REPORTED_SHARE of them were."""
    numbers_ = np.array([math.nan if v is None else v for v in values])
    mean: list[float | None] = []
    for at in range(len(numbers_)):
        window = numbers_[max(0, at - MEAN_DAYS + 1) : at + 1]
        known = window[~np.isnan(window)]
        mean.append(_rounded(float(known.mean())) if len(known) >= REPORTED_SHARE * MEAN_DAYS else None)
    return mean


def ticks(shown: Shown) -> list[list[Any]]:
    """(row of the day, word) of the days that an axis names: months, or weeks where there are few."""
    days, lang = shown.days, shown.viewer.lang
    firsts = [n for n, day in enumerate(days) if day.day == 1]
    if len(firsts) >= 3:
        step = math.ceil(len(firsts) / 8)
        return [[n, _month(shown, n)] for n in firsts[::step]]
    weeks = [n for n, day in enumerate(days) if day.weekday() == 0] or [0]
    step = max(1, math.ceil(len(weeks) / 6))
    return [[n, numbers.day_text(days[n], lang, year=False)] for n in weeks[::step]]


def _month(shown: Shown, at: int) -> str:
    day = shown.days[at]
    if shown.viewer.lang == "zh":
        return f"{day.year}年" if day.month == 1 else f"{day.month}月"
    return str(day.year) if day.month == 1 else numbers.day_text(day, "en", year=False).split()[1]


# table ---------------------------------------------------------------------------------------------


def table_columns(shown: Shown) -> list[Measure]:
    """The layer first, then what else the city knows."""
    wanted = dict.fromkeys((shown.measure, *(by(MEASURES[name], shown.state.per) for name in COLUMNS)))
    return [made for made in wanted if made.id in shown.status.days][:MOST_COLUMNS]


def table(desk: Desk, shown: Shown) -> dict[str, Any] | None:
    """The units one level below the area with a few measures; sorted in the browser."""
    lang = shown.viewer.lang
    assert shown.day is not None
    columns = table_columns(shown)
    rows = desk.children(shown.viewer, [m.id for m in columns], shown.place.code, shown.day, shown.as_of)
    if not rows:
        return None
    rows.sort(key=lambda row: (row[0].value is None, -(row[0].value or 0)))
    level = rows[0][0].level
    return {
        "title": say("children", lang, level=TIERS[level].name(lang)),
        "columns": [{"id": m.id, "name": m.name(lang), "unit": numbers.unit(m, lang)} for m in columns],
        "rows": [_row(row, columns, lang, shown.place.code) for row in rows[:MOST_ROWS]],
        "more": max(0, len(rows) - MOST_ROWS),
        "drills": level != "cell",
    }


def _row(answers: Sequence[Answer], columns: Sequence[Measure], lang: Lang, within: str) -> list[Any]:
    """[code, name, [value, text, state] of each column]: short, a page has hundreds."""
    cells = [
        [_rounded(a.value), measured(told(a, m.id, within), m, lang), a.state]
        for a, m in zip(answers, columns, strict=True)
    ]
    return [answers[0].area, answers[0].name, *cells]


# what could not be located -------------------------------------------------------------------------


def unlocated(desk: Desk, shown: Shown) -> dict[str, Any] | None:
    """The numbers of the day without a finer place, and why rows inside the area had none."""
    lang, place = shown.viewer.lang, shown.place
    if place.next_level is None or shown.day is None:
        return None
    asked = (desk, shown.viewer, shown.as_of)
    found = given(*asked, "unlocated", area=place.code, day=shown.day)
    notes = given(*asked, "notes", area=place.code)
    level = TIERS[place.next_level].name(lang)
    return {
        "none": say("unlocated_none", lang, level=level) if not found.what else "",
        "about": say("unlocated_about", lang, area=place.name) if found.what else "",
        "numbers": [_lost(one, lang) for one in found.each("", "measure.id")],
        "notes": [_note(desk, note, lang) for note in notes.each("", "id")[:MOST_NOTES]],
        "more": say("rows_more", lang, n=_left(notes, lang)) if len(notes.what) > MOST_NOTES else "",
    }


def _left(notes: Given[list[Note]], lang: Lang) -> Said:
    """How many are not shown."""
    return number(notes[""], lambda n: numbers.plain(n - MOST_NOTES), str)


def _lost(one: Given[Unlocated], lang: Lang) -> dict[str, Any]:
    share = "" if one.what.share is None else say("unlocated_share", lang, share=number(one["share"], _percent, str))
    text = number(one["value"], lambda value: numbers.short(value, lang), str)
    return {"name": one.what.measure.name(lang), "text": text, "share": share}


def _percent(share: float) -> str:
    return numbers.plain(share * 100, 0 if share >= 0.1 else 1) + "%"


def _note(desk: Desk, told: Given[Note], lang: Lang) -> dict[str, Any]:
    note = told.what
    titles = {source.name: (source.title, source.title_en) for source in desk.city.sources}
    zh, en = titles.get(note.source, (None, None))
    source = (zh if lang == "zh" else en or zh) or note.source
    return {
        "source": source,
        "area": note.area,
        "why": note.why,
        "text": quoted(note.text),
        "rows": say("rows", lang, n=number(told["rows"], numbers.plain, str)),
    }
