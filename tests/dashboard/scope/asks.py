"""How each entry point is asked: one line an entry point, with the right that it needs and how scope holds there.

A way of asking takes a site, an area (its code or name: the viewer's own, one outside, one that there is not) and a
number that picks among its other parameters. What speaks of no area is asked all the same.
"""

from __future__ import annotations

import datetime as dt
import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from dashboard.exports import FORMATS
from dashboard.queries import Desk
from dashboard.queries.audit import AuditDesk, LogWanted
from dashboard.queries.cite import cite
from dashboard.queries.events import OPEN
from dashboard.queries.questions import ask, given
from dashboard.reports import REPORTS
from dashboard.reports.build import build, write
from dashboard.reports.drawing import Pictures
from dashboard.reports.model import Order
from dashboard.wall import playlist
from data.events.report import Report
from grid.measures import MEASURES
from tests.dashboard.scope import entries
from tests.dashboard.scope.site import FIRST_EVENT, NO_EVENT, NOBODYS, Said, Site
from tests.dashboard.scope.town import DAY, DAYS, RECEIVED, Street, ticket_of

Ask = Callable[[Site, str, int], Said]

#: Measures that the town has, by which most questions are asked.
_WANTED = ("positives", "population", "incidence_7d", "growth", "zone_lockdown_people", "risk_high", "code_red", "addresses",
        "code_green", "tests_taken", "cases", "contacts_close", "isolated_home", "zone_control_people", "registered_arrivals", "calls")  # fmt: skip
TOLD = tuple(name for name in _WANTED if name in MEASURES)


# --- the parameters ----------------------------------------------------------------------------------


def named(site: Site, area: str, n: int) -> Mapping[str, Any]:
    """A value for every parameter name that a question may have."""
    street = site.plan.codes.get(area)
    number = ticket_of(street, n % 3) if isinstance(street, Street) else 0x7FFF
    word = sorted(street.words)[1] if street else "nowhere"
    return {
        "viewer": replace(site.viewer, lang=("zh", "en")[n % 2]), "area": area, "within": area, "day": DAY,
        "as_of": (None, None, RECEIVED + dt.timedelta(minutes=30))[n % 3], "name": TOLD[n % len(TOLD)],
        "names": [TOLD[n % len(TOLD)], TOLD[(n + 1) % len(TOLD)]], "level": ("street", "cell")[n // 2 % 2],
        "days": DAYS[-4:], "first": DAYS[-9], "last": DAY, "then": RECEIVED + dt.timedelta(minutes=4), "over": 7,
        "mode": (None, "road")[n % 2], "number": f"{number:016x}", "id": zone_id(site, area, n) or f"{DAY}|lockdown|{word}",
        "key": notice_key(site, area), "code": area, "places": ["北山市", "南海市"], "grain": ("street", "cell")[n % 2],
        "view": site.desk.cube.at(), "made": MEASURES[TOLD[n % len(TOLD)]], "action": "", "page": "map", "more": {},
        "codes": [area] if area == site.viewer.scope and n // 2 % 2 == 0 else [], "now": RECEIVED + dt.timedelta(hours=1), "zh": "", "en": "", "cited": cite("measure", area=area, name=TOLD[n % len(TOLD)], day=DAY), "question": "zones.summary",
        "event": event_id(site, area), "reports": [reports_of(area)], "klass": "", "states": OPEN,
        "sha256": "0" * 64, "body": b"no picture", "limit": 50, "offset": 0, "to": area, "note": "", "evidence": (),
        "satisfied": None, "share": 0.5, "layer": ("score", "ahead", "hot")[n % 3], "named": (), "asked": {},
    }  # fmt: skip


def asked_words(site: Site, area: str, n: int) -> tuple[str, ...]:
    """The words of a question that may come back in its answer."""
    known = named(site, area, n)
    return area, site.jobs.get(area, NOBODYS), *(str(known[name]) for name in ("number", "id", "key", "event"))


def zone_id(site: Site, area: str, n: int) -> str:
    """The id of a zone of a street, whoever may see it."""
    street = site.plan.codes.get(area)
    word = sorted(street.words)[1] if street else ""
    found = [z for z in site.desk.cube.at().zones.zones if word and word in z.key]
    return f"{found[n % len(found)].start}|{found[n % len(found)].kind}|{found[n % len(found)].key}" if found else ""


def event_id(site: Site, area: str) -> int:
    """The number of the event of a street, whoever may see it."""
    street = site.plan.codes.get(area)
    return FIRST_EVENT + (street.n if isinstance(street, Street) else NO_EVENT)


def reports_of(area: str) -> Report:
    """What the site has taken of every street already."""
    return Report("gate", area, "gate_hit", area)


def notice_key(site: Site, area: str) -> str:
    """The key of a notice of an area, whoever may see it."""
    notices = site.desk.cube.store.notices(site.version)
    codes = (area, area[:6]) if area == site.viewer.scope else (area,)
    return next((one.key for code in codes for one in notices if code in one.areas), f"nowhere|{area}")


#: Parameters that mean something else to a question than to the others.
OTHERWISE: Mapping[str, Mapping[str, Any]] = {
    "change": {"days": 7},
    "count": {"name": "cases"},
    "parts": {"first": None},
    "EventDesk.step": {"action": "close"},
}


def given_of(site: Site, area: str, n: int) -> Said:
    """A question's answer with its citation."""
    known = named(site, area, n)
    return site.ask(given, site.desk, known["viewer"], known["as_of"], "zones.summary", area=area, day=DAY)


def audited(site: Site, area: str, n: int) -> Said:
    """A page of the log."""
    return site.ask(site.desk.beside(AuditDesk).page, site.viewer, LogWanted(area=area))


def query(id: str) -> Ask:
    """A question of a desk, its parameters filled in by name."""
    made = entries.desks()[id]
    wanted = [name for name in inspect.signature(made).parameters if name not in ("self", "desk")]

    def asks(site: Site, area: str, n: int) -> Said:
        known = named(site, area, n)
        more = {name: known[name] for name in wanted if name in known} | dict(OTHERWISE.get(id, {}))
        if id.startswith("EventDesk.") and "id" in wanted:
            more["id"] = known["event"]
        if "." not in id:
            return site.ask(made, *([site.desk] if "desk" in inspect.signature(made).parameters else []), **more)
        kind = made.__globals__[id.split(".")[0]]
        return site.ask(getattr(site.desk if kind is Desk else site.desk.beside(kind), made.__name__), **more)

    return asks


def question(id: str) -> Ask:
    """A question of QUESTIONS, as a citation asks it."""

    def asks(site: Site, area: str, n: int) -> Said:
        known = named(site, area, n)
        words = {"area", "day", "name", "level", "over", "id", "grain", "share", "first", "last"}
        asked = {name: known[name] for name in words}
        moments = {"now": RECEIVED + dt.timedelta(hours=1), "then": known["then"]}
        asked |= {name: moment.isoformat() for name, moment in moments.items()}
        asked |= {"unit": area, "order": known["key"], "source": None, "id": known["number"]}
        asked |= OTHERWISE.get(id, {})
        if id in ("measure", "measures", "count"):
            asked["first"] = None
        return site.ask(ask, site.desk, known["viewer"], cite(id, **asked), known["as_of"])

    return asks


def get(path: str, **asked: str) -> Ask:
    """An address. ``{area}``, ``{day}``, ``{measure}``, ... stand for what is asked."""

    def asks(site: Site, area: str, n: int) -> Said:
        known = words(site, area, n)
        query = {name: value.format(**known) for name, value in asked.items()}
        search = f"?{urlencode(query, quote_via=quote)}" if asked else ""
        return site.get(path.format(**{name: quote(value, safe="") for name, value in known.items()}) + search)

    return asks


def words(site: Site, area: str, n: int) -> dict[str, str]:
    """The same for addresses."""
    known = named(site, area, n)
    return {
        "area": area, "day": str(DAY), "first": str(DAYS[-6]), "measure": known["name"], "level": known["level"],
        "lang": ("zh", "en")[n % 2], "version": str(site.version), "geography": "1", "layer": known["layer"],
        "wall": site.wall(site.viewer.scope), "file": FORMATS[n % len(FORMATS)].id, "days": (str(DAY), "all")[n % 2],
        "ticket": known["number"], "zone": known["id"], "order": known["key"],
        "collection": ("street", "zones", "flows", "cell")[n % 4], "item": (area, known["id"])[n % 4 == 1],
        "event": str(known["event"]), "known": ("now", "then")[n // 2 % 2] if n % 2 else "now",
    }  # fmt: skip


def cited(site: Site, area: str, n: int) -> Said:
    """A number asked again by its citation."""
    known = named(site, area, n)
    told = (
        cite("measure", area=area, name=known["name"], day=DAY), cite("codes.ticket", "days", id=known["number"]),
        cite("orders.below", "", order=known["key"], area="city", day=DAY), cite("risk.unit", "least", level="street", unit=area),
        cite("measures", f"[{area}]", area="city", name=known["name"], day=DAY, level="street"), cite("version"), cite("made.loads", "rows"),
        cite("zones.clocks", f"[{known['id']}].clock.over", area="city", day=DAY), cite("loads", "[id=3].rows"),
    )  # fmt: skip
    return site.get("/api/v1/facts?" + urlencode({"cite": str(told[n % len(told)])}))


def callback(id: str, **values: Callable[[Site, str, int], Any]) -> Ask:
    """A callback of Dash, as the browser calls it."""

    def asks(site: Site, area: str, n: int) -> Said:
        made = next(one for one in site.app._callback_list if entries.callback_id(one) == id)
        inputs = [{**each, "value": values[each["property"]](site, area, n)} for each in made["inputs"]]
        outputs = [
            dict(zip(("id", "property"), out.rsplit(".", 1), strict=True))
            for out in made["output"].strip(".").split("...")
        ]
        asked = {"output": made["output"], "outputs": outputs if made["output"].startswith("..") else outputs[0], "inputs": inputs,
                 "changedPropIds": [f"{inputs[0]['id']}.{inputs[0]['property']}"], "state": []}  # fmt: skip
        prefix = "/sheet" if inputs[0]["id"] == "where" else ""
        return settled(lambda: site.get(f"{prefix}/_dash-update-component", "POST", json=asked))

    return asks


def settled(ask: Callable[[], Said]) -> Said:
    """An answer whose every block is worked out: the browser asks again, too."""
    said = ask()
    for _ in range(1200):
        if b'"again":true' not in said.body:
            break
        time.sleep(0.1)
        said = ask()
    return said


def search(site: Site, area: str, n: int) -> str:
    """The query of a page."""
    known = words(site, area, n)
    asked = {"area": area, "lang": known["lang"], "id": known["ticket"], "notice": known["order"], "order": known["order"],
             "zone": known["zone"], "unit": area, "layer": known["measure"], "level": known["level"],
             "known": ("now", "then", "2022-03-22T00:30:00")[n % 3]}  # fmt: skip
    return "?" + urlencode({name: asked[name] for name in asked if name not in ("layer", "level") or n % 2})


def event_search(site: Site, area: str, n: int) -> str:
    """The query of the page of an event."""
    known = words(site, area, n)
    return "?" + urlencode({"area": area, "lang": known["lang"], "id": known["event"]})


def page(id: str) -> Ask:
    """What a page shows, by its callback."""
    if id == "map":
        return callback("address.search, address.pulse", search=search, pulse=lambda *_: 0)
    return callback(
        "where.path, where.search, where.pulse",
        path=lambda *_: f"/{id}",
        pulse=lambda *_: 0,
        search=event_search if id == "event" else search,
    )


def export(layer: str, form: str) -> Ask:
    """A file of a layer."""
    return get(f"/export/{layer}/{form}", area="{area}", lang="{lang}", day="{day}")


def report(kind: str, writer: str) -> Ask:
    """A report in a format, with its manifest."""

    def asks(site: Site, area: str, n: int) -> Said:
        known = named(site, area, n)
        subject = known["key"] if kind == "notice" else None
        order = Order(kind, area, DAY, known["as_of"], ("zh", "en")[n % 2], subject=subject)

        def made() -> dict[str, bytes]:
            done = build(site.desk, known["viewer"], order)
            return {file.name: file.body for file in write(done, Pictures(site.desk, done), [writer])}

        return site.packed(made)

    return asks


def scene(id: str) -> Ask:
    """A scene of a wall bound to the viewer's scope; nothing of one that is not about its level."""

    def asks(site: Site, area: str, n: int) -> Said:
        gallery = site.app.server.extensions["onescreen_wall"]
        viewer = replace(site.viewer, lang=("zh", "en")[n % 2])
        return site.ask(lambda: gallery.content(viewer, playlist.DEFAULT)["scenes"].get(id))

    return asks


def order(site: Site, area: str, n: int) -> Said:
    """A report ordered from the API."""
    kind = list(REPORTS)[n % len(REPORTS)]
    body = {"kind": kind, "area": area, "day": str(DAY), "lang": ("zh", "en")[n % 2], "formats": ["xlsx"]}
    return site.get("/api/v1/reports", "POST", json=body)


def reported(site: Site, area: str, n: int) -> Said:
    """A report that the site has taken already: so the answer does not depend on how often it is asked."""
    body = {"source": "gate", "key": area, "klass": "gate_hit", "area": area}
    return site.get("/api/v1/events", "POST", json={"reports": [body]})


def stepped(site: Site, area: str, n: int) -> Said:
    """A step that the state of the event does not allow."""
    return site.get(f"/api/v1/events/{event_id(site, area)}/steps", "POST", json={"action": "close", "key": "1"})


def queued(site: Site, area: str, n: int) -> Said:
    """The same from a phone."""
    form = {"event": str(event_id(site, area)), "step": "close", "key": "a key of a phone", "who": site.viewer.user}
    return site.get("/queue/act", "POST", data=form)


def push_list(site: Site, area: str, n: int) -> Said:
    """Who comes to an area."""
    body = {"area": area, "since": str(DAYS[0])}
    return site.get("/api/v1/arrivals/list", "POST", json=body)


def job(method: str, file: bool = False) -> Ask:
    """A job that a viewer of the area ordered: one's own, or somebody else's."""

    def asks(site: Site, area: str, n: int) -> Said:
        return site.get(f"/api/v1/reports/{site.job(area)}" + ("/x.xlsx" if file else ""), method)

    return asks
