"""The table of entry points: the right that each needs, how scope holds there, and how the tests ask it.

``dashboard/ACCESS.md`` is written from it. An entry point that is missing here, or one here that there is no more,
fails ``test_table.py``: who adds a question, a page, an address or a command adds its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.exports import FORMATS
from dashboard.exports.layers import LAYERS
from dashboard.reports import REPORTS
from dashboard.reports.writers import WRITERS
from grid.measures import MEASURES
from tests.dashboard.scope.asks import (
    Ask,
    audited,
    cited,
    export,
    get,
    given_of,
    job,
    order,
    page,
    push_list,
    query,
    question,
    queued,
    report,
    reported,
    scene,
    stepped,
)


@dataclass(frozen=True)
class Entry:
    """One entry point. ``right``: an id of data.terms.RIGHTS, "" where everybody may; ``holds``: how scope holds;
    ``ask`` None: a command, which answers whoever is at the machine itself."""

    ask: Ask | None
    holds: str
    right: str = ""


# how scope holds
AREA = "the area is looked for below the scope only"
OWN = "of the scope, whatever is asked"
DESKS = "asks the desks"
PUBLIC = "says the same to everybody, nothing of any area"
EVENT = "an event is found by those whose scope covers its area or its owner"
THERE = "the area is looked for below the wall's own"
BROWSER = "runs in the browser and asks nothing"
MACHINE = "whoever is at the machine itself: no scope"

_QUERIES: Mapping[str, str] = {
    AREA: """
        Desk.place Desk.ask Desk.paint Desk.figures Desk.series Desk.children Desk.unlocated Desk.notes Desk.coarse Desk.row
        CodeDesk.late CodeDesk.colours CodeDesk.overdue CodeDesk.below CodeDesk.conflicts CodeDesk.provenance CodeDesk.rates
        FlowDesk.outflow FlowDesk.destinations FlowDesk.balance FlowDesk.movement FlowDesk.nets FlowDesk.between
        FlowDesk.arcs FlowDesk.arcs_day FlowDesk.curves FlowDesk.risk FlowDesk.tracing FlowDesk.rules
        NoticeDesk.in_force NoticeDesk.summary NoticeDesk.contradictions NoticeDesk.begun PolicyDesk.orders PolicyDesk.below
        RiskDesk.levels RiskDesk.answer RiskDesk.unit RiskDesk.brief RiskDesk.granularity RiskDesk.compared RiskMap.paint RiskMap.graded
        RiskMap.hot SandboxDesk.sandbox SandboxDesk.chosen ZoneDesk.clocks ZoneDesk.clock ZoneDesk.summary ZoneDesk.below
        ZoneDesk.releases ZoneDesk.announced ZoneDesk.begun SupplyDesk.stock SupplyDesk.plans SupplyDesk.rooms WorkDesk.work
        ArrivalDesk.board ArrivalDesk.push_list EventDesk.queue EventDesk.count EventDesk.counts EventDesk.loops EventDesk.take LoopDesk.board LoopDesk.standing LoopDesk.public FreshnessDesk.board FreshnessDesk.doubted FreshnessDesk.doubted_days BurdenDesk.burden NetsDesk.nets change parts means told count hindsight phase""",
    OWN: """
        Desk.status Desk.loads CodeDesk.systems CodeDesk.days CodeDesk.words CodeDesk.owner_name CodeDesk.last_day
        CodeDesk.repeats Desk.arrived Desk.may_see_deliveries Desk.looked Desk.noted need_small FlowDesk.days FlowDesk.modes NoticeDesk.days NoticeDesk.last_day PolicyDesk.days
        PolicyDesk.last_day SupplyDesk.days WorkDesk.days ArrivalDesk.days Desk.span Desk.top Desk.home_of CodeDesk.purged Desk.sees_deliveries BurdenDesk.conformance
        FreshnessDesk.feeds FreshnessDesk.held FreshnessDesk.refused FreshnessDesk.late_of FreshnessDesk.query FreshnessDesk.stamp RiskDesk.days RiskDesk.card SandboxDesk.signals ZoneDesk.days ZoneDesk.last_day delivered""",
    DESKS: "ask again",
    "of the scope's own users and lines": "AuditDesk.people_of",
    EVENT: "EventDesk.event EventDesk.evidence EventDesk.step EventDesk.keep_evidence EventDesk.units",
    "of whoever asks: what they did under a key": "EventDesk.again",
}
_QUESTIONS: Mapping[str, str] = {
    AREA: """
        arrivals sources.board nets burden change parts means told count review.hindsight review.phase measure measures series compared coarse unlocated notes
        codes.colours codes.overdue codes.below codes.conflicts codes.provenance codes.rates zones.summary zones.clocks
        zones.below zones.releases zones.announced zones.begun notices.in_force notices.summary notices.contradictions
        notices.begun orders orders.below flows.left flows.outflow flows.destinations flows.risk flows.tracing
        flows.movement flows.curves flows.rules risk.brief risk.answer risk.unit risk.hot risk.granularity sandbox sandbox.chosen events.counts events.loop
        supplies.stock supplies.plans supplies.rooms workload""",
    OWN: "status version loads sources made.loads burden.conformance codes.repeats",
}
#: Questions that one right guards, and so whatever asks them.
_GUARDED: Mapping[str, str] = {
    "CodeDesk.tickets": "tickets", "CodeDesk.ticket": "tickets", "codes.tickets": "tickets", "codes.ticket": "tickets",
    "WorkDesk.work": "events", "workload": "events",
    **dict.fromkeys(("ArrivalDesk.board", "ArrivalDesk.push_list", "arrivals"), "events"),
    **dict.fromkeys(("EventDesk.queue", "EventDesk.count", "EventDesk.event", "EventDesk.evidence", "EventDesk.loops",
                     "LoopDesk.board", "events.loop"), "events"),
    **dict.fromkeys(("EventDesk.step", "EventDesk.again", "EventDesk.keep_evidence", "EventDesk.units"), "act"), "EventDesk.take": "sense",
    "AuditDesk.people_of": "audit", "FreshnessDesk.held": "deliveries", "FreshnessDesk.refused": "deliveries", "Desk.loads": "deliveries", "Desk.may_see_deliveries": "deliveries",
}  # fmt: skip

_API = "/api/v1"
_ASKED: Mapping[str, tuple[Ask, str]] = {
    f"GET {_API}/areas": (get(f"{_API}/areas", within="{area}", limit="1000", lang="{lang}"), AREA),
    f"GET {_API}/areas/tree": (get(f"{_API}/areas/tree", area="{area}", depth="5"), AREA),
    f"GET {_API}/areas/<area>": (get(f"{_API}/areas/{{area}}", lang="{lang}"), AREA),
    f"GET {_API}/measures": (get(f"{_API}/measures", lang="{lang}"), OWN),
    f"GET {_API}/values": (get(f"{_API}/values", measure="{measure}", area="{area}", level="{level}", day="{day}"), AREA),
    f"GET {_API}/series": (get(f"{_API}/series", measure="{measure}", area="{area}"), AREA),
    f"GET {_API}/facts": (cited, DESKS),
    f"GET {_API}/zones": (get(f"{_API}/zones", area="{area}", lang="{lang}", limit="1000"), AREA),
    f"GET {_API}/zones/summary": (get(f"{_API}/zones/summary", area="{area}", lang="{lang}"), AREA),
    f"GET {_API}/codes": (get(f"{_API}/codes", area="{area}", lang="{lang}"), AREA),
    f"GET {_API}/flows": (get(f"{_API}/flows", area="{area}", lang="{lang}", destinations="200"), AREA),
    f"GET {_API}/risk": (get(f"{_API}/risk", area="{area}", lang="{lang}"), AREA),
    f"GET {_API}/freshness": (get(f"{_API}/freshness", lang="{lang}"), OWN),
    f"GET {_API}/reports": (get(f"{_API}/reports", lang="{lang}"), PUBLIC),
    f"GET {_API}/": (get(f"{_API}/"), OWN),
    f"GET {_API}/conformance": (get(f"{_API}/conformance"), PUBLIC),
    f"GET {_API}/collections": (get(f"{_API}/collections", lang="{lang}"), OWN),
    f"GET {_API}/collections/<id>": (get(f"{_API}/collections/{{level}}"), OWN),
    f"GET {_API}/collections/<id>/items": (
        get(f"{_API}/collections/{{collection}}/items", area="{area}", limit="1000", lang="{lang}"), AREA),
    f"GET {_API}/collections/<id>/items/<path:item>": (get(f"{_API}/collections/{{collection}}/items/{{item}}"), AREA),
    "GET /api": (get("/api"), PUBLIC),
    "GET /api/<path:rest>": (get("/api/{area}"), PUBLIC),
    "GET /export/<path:rest>": (get("/export/{area}"), PUBLIC),
    "GET /healthz": (get("/healthz"), PUBLIC),
    "GET /readyz": (get("/readyz"), PUBLIC),
    "GET /alive": (get("/alive"), PUBLIC),
    "GET /export/menu/<page>": (get("/export/menu/map", area="{area}", lang="{lang}"), AREA),
    "GET /geo/<int:geography>/<level>/<within>/shapes.bin": (get("/geo/{geography}/{level}/{area}/shapes.bin"), AREA),
    "GET /geo/<int:geography>/<level>/<within>/outlines.bin": (get("/geo/{geography}/{level}/{area}/outlines.bin"), AREA),
    "GET /paint/<int:version>/<known>/<name>/<level>/<within>/<day>.bin": (
        get("/paint/{version}/{known}/{measure}/{level}/{area}/{days}.bin"), AREA),
    "GET /flows/<int:version>/<known>/<within>/<day>.bin": (get("/flows/{version}/now/{area}/{day}.bin"), AREA),
    "GET /risk/<int:version>/<known>/<layer>/<level>/<within>/<day>.bin": (
        get("/risk/{version}/now/{layer}/{level}/{area}/{day}.bin"), AREA),
    "GET /wall/<token>": (get("/wall/{wall}"), THERE),
    "GET /wall/<token>/picture": (get("/wall/{wall}/picture", w="1920", h="1080"), THERE),
    "GET /wall/<token>/beat": (get("/wall/{wall}/beat"), THERE),
    "GET /wall/<token>/alive": (get("/wall/{wall}/alive"), PUBLIC),
    "GET /wall/<token>/geo/<int:geography>/<level>/<within>/shapes.bin": (
        get("/wall/{wall}/geo/{geography}/{level}/{area}/shapes.bin"), THERE),
    "GET /wall/<token>/geo/<int:geography>/<level>/<within>/outlines.bin": (
        get("/wall/{wall}/geo/{geography}/{level}/{area}/outlines.bin"), THERE),
    "GET /wall/<token>/paint/<int:version>/<known>/<name>/<level>/<within>/<day>.bin": (
        get("/wall/{wall}/paint/{version}/{known}/{measure}/{level}/{area}/{days}.bin"), THERE),
    "GET /wall/<token>/flows/<int:version>/<known>/<within>/<day>.bin": (
        get("/wall/{wall}/flows/{version}/now/{area}/{day}.bin"), THERE),
    "GET /wall/<token>/risk/<int:version>/<known>/<layer>/<level>/<within>/<day>.bin": (
        get("/wall/{wall}/risk/{version}/now/{layer}/{level}/{area}/{day}.bin"), THERE),
    "GET /": (get("/", area="{area}", lang="{lang}", layer="{measure}"), AREA),
    "GET /<path:path>": (get("/zones", area="{area}", lang="{lang}"), AREA),
    "POST /_dash-update-component": (page("map"), DESKS),
    "POST /sheet/_dash-update-component": (page("zones"), DESKS),
}  # fmt: skip
#: Addresses that need a right.
_RIGHTED: Mapping[str, tuple[Ask, str, str]] = {
    f"GET {_API}/loads": (get(f"{_API}/loads", limit="1000"), OWN, "deliveries"),
    "GET /metrics": (get("/metrics"), OWN, "deliveries"),
    "GET /export/<layer>/<form>": (export("population", "csv"), AREA, "export"),
    f"GET {_API}/events": (get(f"{_API}/events", area="{area}", lang="{lang}"), AREA, "events"),
    f"GET {_API}/events/<int:id>": (get(f"{_API}/events/{{event}}", lang="{lang}"), EVENT, "events"),
    f"POST {_API}/events": (reported, AREA, "sense"),
    f"POST {_API}/events/<int:id>/steps": (stepped, EVENT, "act"),
    f"GET {_API}/arrivals": (get(f"{_API}/arrivals", area="{area}", lang="{lang}"), AREA, "events"),
    f"POST {_API}/arrivals/list": (push_list, AREA, "events"),
    "GET /queue/events": (get("/queue/events", lang="{lang}"), OWN, "events"),
    "GET /queue/events/<int:id>": (get("/queue/events/{event}", lang="{lang}"), EVENT, "events"),
    "GET /queue/events/<int:id>/photos/<sha256>": (get(f"/queue/events/{{event}}/photos/{'0' * 64}"), EVENT, "events"),
    "POST /queue/act": (queued, EVENT, "act"),
    f"POST {_API}/reports": (order, AREA, "report"),
    f"GET {_API}/reports/<job>": (job("GET"), "a job is found by those of its scope only", "report"),
    f"DELETE {_API}/reports/<job>": (job("DELETE"), "a job is found by those of its scope only", "report"),
    f"GET {_API}/reports/<job>/<file>": (job("GET", file=True), "a job is found by those of its scope only", "report"),
}
#: Addresses of signing in: tests/dashboard/access asks them.
_SIGNING = (
    "GET /account", "GET /password", "GET /sign-in", "GET /signed-out", "POST /account", "POST /password", "POST /sign-in",
    "POST /sign-out",
)  # fmt: skip
_USERS = ("GET /users", "GET /users/<login>", "POST /users", "POST /users/<login>")
#: Held files are found by those of their source's city: tests/dashboard/access/test_city_people.py asks them.
_HELD = ("GET /held", "POST /held")
_FILES = (
    "GET /api/v1/docs", "GET /api/v1/docs/", "GET /api/v1/docs/openapi.json", "GET /api/v1/docs/swagger",
    "GET /api/v1/docs/oauth2-redirect.html", "GET /_dash-layout", "GET /_dash-dependencies", "GET /sheet/_dash-layout",
    "GET /queue", "GET /queue/worker.js", "GET /sheet/_dash-dependencies", "GET /_reload-hash", "GET /_favicon.ico",
)  # fmt: skip
_PACKED = {
    "GET /api/v1/docs/swagger/<path:filename>": "/api/v1/docs/swagger/css/swagger-ui.css",
    "GET /api/v1/docs/static/<path:filename>": "/api/v1/docs/static/none",
    "GET /assets/<path:filename>": "/assets/icon.svg",
    "GET /_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js",
}
_CALLBACKS = {
    "address.search, address.pulse": page("map"),
    "where.path, where.search, where.pulse": page("codes"),
    "map.clicked, map.escaped, map.status": None,
}
_PAGES = "arrivals audit event events loop nets burden community freshness map codes tickets ticket zones notices orders risk granularity outflow sandbox supplies workload"
_PAGE_RIGHTS = {
    "event": "events",
    "events": "events",
    "loop": "events",
    "arrivals": "events",
    "workload": "events",
    "ticket": "tickets",
    "tickets": "tickets",
    "audit": "audit",
}
_SCENES = "overview cities situation risk control codes outflow events"
_COMMANDS = """
    init build load ask rejects serve verify reconcile export inbox backup restore report demo
    purge retain
    wall new;wall list;wall revoke;reports run;reports list;reports template;rules list;rules show;rules conflicts
    events list;events show;events tick;channels check
    held list;held show;held accept;held refuse;held undo;user add;user change;user disable;user enable;user list;user reset
    user revoke-token;user token;user tokens;user unlock"""


#: What an answer may hold of what lies outside of a viewer's scope, with the reason.
EXCEPTIONS = (
    "the names and codes of the areas that the scope lies in, the way down to it: every page shows them above its title",
    "notices, orders and rules that hold in the scope or for its people, also those of an area around it: they are law there",
    "the number of the version and when it was known: by them a reader sees that an answer is new",
    "which sources that speak of the scope there are, and on which days each was delivered",
    "cities elsewhere, which are no areas of this one; people who go to other areas of the city are one number together",
    "the score of an area with the points of its parts, its forecast and its hot spots: a model makes them of the city",
    "which small numbers are hidden from who may not see them: that depends on the numbers beside them",
    "of a single assignment, the delivery that it came in (file and row), which is its proof",
)

#: Entry points whose answers hold what a model of the whole city says of the area: its score with the points of its parts,
#: its forecast, its hot spot. The numbers of neighbours are not told; but the score of an area is what it is because of
#: what is around it, and a forecast that looked at one street alone would warn nobody.
MODELLED = (
    "query RiskDesk", "query RiskMap", "question risk", "http GET /api/v1/risk", "http GET /api/v1/facts", "http GET /risk/",
    "http GET /wall/<token>/risk", "http GET /wall/<token>/picture", "page risk", "page granularity", "scene risk", "export score", "export ahead",
    "export hot", "report",
)  # fmt: skip


def _table() -> dict[str, Entry]:
    made: dict[str, Entry] = {}
    for holds, ids in _QUERIES.items():
        made |= {f"query {id}": Entry(query(id), holds, _GUARDED.get(id, "")) for id in ids.split()}
    made |= {"query given": Entry(given_of, DESKS), "query AuditDesk.page": Entry(audited, AREA, "audit")}
    made |= {f"query {id}": Entry(query(id), AREA, "tickets") for id in ("CodeDesk.tickets", "CodeDesk.ticket")}
    for holds, ids in _QUESTIONS.items():
        made |= {f"question {id}": Entry(question(id), holds, _GUARDED.get(id, "")) for id in ids.split()}
    made |= {f"question {id}": Entry(question(id), AREA, "tickets") for id in ("codes.tickets", "codes.ticket")}
    made |= {f"http {id}": Entry(*asked) for id, asked in _ASKED.items()}
    made |= {f"http {id}": Entry(*asked) for id, asked in _RIGHTED.items()}
    made |= {f"http {id}": Entry(get(id.split()[1]), PUBLIC) for id in _FILES}
    made |= {f"http {id}": Entry(None, "of the user who asks alone") for id in _SIGNING}
    made |= {f"http {id}": Entry(None, "every user; nothing of any area", "users") for id in _USERS}
    made |= {f"http {id}": Entry(None, "the held files of the sources of one's own city", "decide") for id in _HELD}
    made |= {f"http {id}": Entry(get(path), PUBLIC) for id, path in _PACKED.items()}
    made |= {f"callback {id}": Entry(ask, DESKS if ask else BROWSER) for id, ask in _CALLBACKS.items()}
    made |= {f"page {id}": Entry(page(id), DESKS, _PAGE_RIGHTS.get(id, "")) for id in _PAGES.split()}
    for layer in (*LAYERS, "table", "shown", *MEASURES):
        made |= {f"export {layer}.{form.id}": Entry(export(layer, form.id), DESKS, "export") for form in FORMATS}
    made |= {f"report {kind}.{id}": Entry(report(kind, id), DESKS, "report") for kind in REPORTS for id in WRITERS}
    made |= {f"scene {id}": Entry(scene(id), THERE) for id in _SCENES.split()}
    made |= {f"command onescreen {id}": Entry(None, MACHINE) for id in _COMMANDS_}
    return made


_COMMANDS_ = [
    word.strip() for line in _COMMANDS.splitlines() for word in (line.split(";") if ";" in line else line.split())
]
ENTRIES: Mapping[str, Entry] = _table()
