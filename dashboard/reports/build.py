"""Reports made: from an order to a :class:`Report`, and from a report to files with their manifest."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dashboard.queries import MAX_DAYS, Day, Desk, Status, Viewer
from dashboard.queries.zones import ZoneDesk
from dashboard.reports import REPORTS
from dashboard.reports.context import Context, Maker
from dashboard.reports.drawing import Pictures
from dashboard.reports.manifest import manifest, origins, packs
from dashboard.reports.model import File, Order, Report, Section
from dashboard.reports.writers import WRITERS
from data.errors import BadQuestion
from data.words import Both, Lang
from grid.measures import measure

#: What dates a report that is ordered without a day, in this order.
DATED_BY = ("positives", "addresses", "risk_areas", "code_red")


@dataclass(frozen=True, slots=True)
class Head:
    """The organ (发文机关) and the pattern of its numbers (发文字号) that head a document; "" leaves them out.

    A pattern may hold ``{year}``, ``{month}``, ``{day}``, ``{serial}`` (the day's place in its year) and ``{place}``.
    """

    organ: str = ""
    number: str = ""


#: Told the name of each part before it is made.
Step = Callable[[str], None]

_NO_HEAD = Head()


def _unwatched(name: str) -> None:
    """Nobody looks on."""


def build(
    desk: Desk, viewer: Viewer, order: Order, head: Head = _NO_HEAD, step: Step = _unwatched,
    formats: Sequence[str] = (),
) -> Report:  # fmt: skip
    """The report that is ordered. Forbidden, BadQuestion of an unknown kind or an impossible day, AreaNotFound,
    MeasureNotFound. ``step`` is told the heading of each section before it is made; the log is told of the report and
    of the ``formats`` that it is made for."""
    viewer.need("report")
    if order.kind not in REPORTS:
        known = "、".join(REPORTS)
        raise BadQuestion(
            detail=Both(f"没有“{order.kind}”这种报告，可用：{known}", f"no report {order.kind}; {', '.join(REPORTS)}")
        )
    kind = REPORTS[order.kind]
    if order.layer is not None:
        measure(order.layer)
    status = desk.status(viewer, order.as_of)
    as_of = order.as_of or status.known
    day = order.day or last_day(desk, viewer, as_of)
    _refuse_far(status, [one for one in (day, order.first) if one is not None])
    context = Context(desk, viewer, order, day, as_of)
    desk.noted(viewer, "report", context.area, None, kind=order.kind, day=day, formats=list(formats))
    made = tuple(_made(maker, context, step) for maker in kind.sections)
    local = as_of.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(desk.city.timezone))
    return Report(
        kind=order.kind,
        title=kind.title(context),
        area=context.area,
        place=context.place.name,
        day=context.day,
        lang=order.lang,
        city=context.status.city,
        timezone=desk.city.timezone,
        version=context.status.version,
        known=context.status.known,
        as_of=order.as_of,
        sections=made,
        organ=head.organ,
        number=_number(head.number, context),
        issued=_issued(local.date(), order.lang) if head.organ else "",
        simulated=desk.city.simulated,
        subject=subject_of(order),
        origins=origins(desk, viewer, context.status.version),
        packs=packs(desk, viewer),
    )


def _refuse_far(status: Status, days: Sequence[Day]) -> None:
    """BadQuestion of days so far from all that is known that nothing could be said of them."""
    near = [status.known.date(), *(day for span in status.days.values() for day in span)]
    first, last = min(near).toordinal() - MAX_DAYS, max(near).toordinal() + MAX_DAYS
    for day in days:
        if not first <= day.toordinal() <= last:
            raise BadQuestion(detail=Both(f"{day} 离有数据的日子太远", f"{day} is too far from all days with data"))


def _made(maker: Maker, context: Context, step: Step) -> Section:
    step(context.say(maker.zh, maker.en))
    return maker.section(context)


def _issued(day: Day, lang: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {day:%B} {day.year}"


def _number(pattern: str, context: Context) -> str:
    day = context.day
    values = {"year": day.year, "month": day.month, "day": day.day, "serial": day.timetuple().tm_yday}
    try:
        return pattern.format(**values, place=context.place.name)
    except (LookupError, ValueError, AttributeError) as error:
        zh, en = f"发文字号 report_number“{pattern}”写法有误", f"report_number {pattern} is not well written"
        known = " ".join(f"{{{name}}}" for name in (*values, "place"))
        raise BadQuestion(detail=Both(f"{zh}；可含 {known}", f"{en}; it may hold {known}")) from error


def last_day(desk: Desk, viewer: Viewer, as_of: dt.datetime | None = None) -> Day:
    """The day that a report speaks of where none is ordered: the last with findings, else with anything."""
    days = desk.status(viewer, as_of).days
    dated = [days[name][1] for name in DATED_BY if name in days] or [span[1] for span in days.values()]
    zones = desk.beside(ZoneDesk).last_day(viewer, as_of)
    if not dated and zones is None:
        raise BadQuestion(detail=Both("还没有任何一天的数据", "no day has any data yet"))
    return dated[0] if dated else zones  # type: ignore[return-value]


# files ---------------------------------------------------------------------------------------------


def write(report: Report, pictures: Pictures, formats: Sequence[str], step: Step = _unwatched) -> list[File]:
    """The report in these formats (suffixes of WRITERS), and last its manifest. BadQuestion of an unknown format."""
    refuse_unknown(formats)
    name = file_name(report)
    files = []
    for suffix in formats:
        step(suffix)
        files.append(File(f"{name}.{suffix}", WRITERS[suffix](report, pictures)))
    return [*files, File(f"{name}.manifest.json", manifest(report, files))]


def refuse_unknown(formats: Sequence[str]) -> None:
    """BadQuestion of formats that nobody writes."""
    unknown = next((name for name in formats if name not in WRITERS), None)
    if unknown is not None:
        known = "、".join(WRITERS)
        raise BadQuestion(
            detail=Both(f"没有格式 {unknown}；有：{known}", f"no format {unknown}; {known.replace('、', ', ')}")
        )


def file_name(report: Report) -> str:
    """The name of a report's files without suffix."""
    return name_of(report.kind, report.area, report.day, report.version, report.lang, report.subject)


def name_of(kind: str, area: str, day: Day, version: int, lang: Lang, subject: str = "") -> str:
    """The same from what it is made of: kind, place, subject, day, version, language."""
    words = REPORTS[kind].file, area, *([subject] if subject else []), f"{day:%Y%m%d}", f"v{version}", lang
    return "-".join(words)


def subject_of(order: Order) -> str:
    """What tells an order from others of its kind, place and day: a few signs that any file name may hold."""
    said = [str(one) for one in (order.layer, order.subject, order.first) if one is not None]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:6] if said else ""
