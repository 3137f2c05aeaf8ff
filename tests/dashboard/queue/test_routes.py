"""The addresses of the queue: who is answered, once for each key, and what a phone may keep."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from dashboard.app import Screen, assets_folder, create_app
from dashboard.queries import Desk, Viewer
from dashboard.queries.events import STEPS, EventDesk
from dashboard.queue.page import SCRIPTS, steps_then
from dashboard.queue.photos import MOST_PHOTOS, PHOTO_BYTES
from dashboard.queue.routes import MOST_BODY
from dashboard.queue.texts import TEXTS
from data.access import Access
from data.access.audit import Log, Sought
from data.access.users import add_user
from data.city import read_city
from data.events import Events, read, tables
from data.events.report import Report
from data.events.state import FROM
from data.settings import read_home
from data.store import Store
from data.terms import STATES_OF_EVENTS
from grid.cube import Cube
from tests.dashboard.access.conftest import PASSWORD, book, sign_in, word
from tests.dashboard.queue.test_photos import SECRET, picture
from tests.tiny import CITY

COMMUNITY, ELSEWHERE = "990101001001", "990102001001"


@dataclass(frozen=True)
class Site:
    """A small city behind the gate, with its books; every test has events of its own in it."""

    screen: Screen
    access: Access
    events: Events
    numbers: Iterator[int] = field(default_factory=count)
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, login: str) -> FlaskClient:
        """The browser in which somebody is signed in: one each, as nobody may sign in all the time."""
        if login not in self.clients:
            self.clients[login] = self.screen.server.test_client()
            assert sign_in(self.clients[login], login).status_code == 303
        return self.clients[login]

    def hit(self, area: str = COMMUNITY) -> int:
        """A gate's report of one person: the number of its event."""
        n = next(self.numbers)
        report = Report("gate", f"{n}", "gate_hit", area, subject=f"p{n}", place="东门", note="刷卡")
        event = self.screen.sheets.desk.beside(EventDesk).take(Viewer(), [report])[0].event
        assert event is not None
        return event

    def steps(self, event: int) -> list[str]:
        """What was done with it."""
        return [one.what for one in read.history(self.events, event).changes]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, tiny_home: Path) -> Iterator[Site]:
    folder, settings = tmp_path_factory.mktemp("queue"), read_home(tiny_home)
    store, city = Store.open(settings.database), read_city(settings.city)
    access, events = book(folder), Events.beside(f"sqlite:///{folder / 'store.db'}", folder, city)
    add_user(access, "sun", "Sun", "official", COMMUNITY, PASSWORD, once=False)
    yield Site(create_app(Desk(Cube(store, city), Log(access)), access=access, events=events), access, events)
    for one in (events, access, store):
        one.close()


def act(client: FlaskClient, event: int, step: str, key: str = "", who: str = "li", **more: Any) -> TestResponse:
    """One step, as the page sends it."""
    form = {"key": key or f"key-{step}-{event}", "who": who, "event": str(event), "step": step} | more
    body, length, boundary = stream_encode_multipart(form, threshold=1 << 24)  # in memory: else nobody closes it
    return client.post(
        "/queue/act", input_stream=body, content_length=length, headers={"X-CSRFToken": word(client)},
        content_type=f"multipart/form-data; boundary={boundary}",
    )  # fmt: skip


def told(answer: TestResponse) -> Any:
    """What an answer says; an error says it in both languages."""
    said = answer.json
    assert said is not None
    assert answer.status_code < 400 or {"zh", "en"} <= said.keys()
    return said


def test_nobody_is_answered_without_signing_in(site: Site) -> None:
    client = site.screen.server.test_client()
    assert client.get("/queue").headers["Location"].startswith("/sign-in")
    for path in ("/queue/events", "/queue/events/1", "/queue/worker.js"):
        assert client.get(path).status_code == 401
    assert client.post("/queue/act").status_code == 401


def test_the_list_is_of_ones_own_area_and_told_once(site: Site) -> None:
    mine, other = site.hit(), site.hit(ELSEWHERE)
    li, wang = site.client("li"), site.client("wang")
    answer = li.get("/queue/events")
    listed = {event["id"] for event in told(answer)["events"]}
    assert mine in listed
    assert other not in listed
    assert {mine, other} <= {event["id"] for event in told(wang.get("/queue/events"))["events"]}
    assert told(answer)["who"] == {"key": "li", "name": "Li", "role": "official", "area": "东江区", "city": "安城市"}
    assert li.get(f"/queue/events/{other}").status_code == 404
    assert act(li, other, "accept").status_code == 404
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert li.get("/queue/events", headers=tag).status_code == 304
    assert wang.get("/queue/events", headers=tag).status_code == 200
    site.hit(ELSEWHERE)  # of no concern here
    assert li.get("/queue/events", headers=tag).status_code == 304
    act(li, mine, "accept")
    assert (mine, "accepted") in {
        (one["id"], one["state"]) for one in told(li.get("/queue/events", headers=tag))["events"]
    }


def test_who_has_no_right_is_told(site: Site) -> None:
    event = site.hit()
    zhao = site.client("zhao")  # a reporter
    for answer in (
        zhao.get("/queue/events"),
        zhao.get(f"/queue/events/{event}"),
        act(zhao, event, "accept", who="zhao"),
    ):
        assert answer.status_code == 403
        told(answer)
    assert zhao.get("/queue").status_code == 200  # the page itself says nothing of any event


def test_one_key_is_one_change(site: Site) -> None:
    event, li = site.hit(), site.client("li")
    first, second = act(li, event, "accept"), act(li, event, "accept")
    assert (first.status_code, second.status_code) == (200, 200)
    assert told(first)["event"] == told(second)["event"]
    assert site.steps(event) == ["opened", "accepted"]
    late = act(li, event, "accept", key="another-key")
    assert late.status_code == 409
    assert "已签收" in told(late)["zh"]


def test_only_in_ones_own_name_and_from_the_page(site: Site) -> None:
    event, li = site.hit(), site.client("li")
    assert told(act(li, event, "accept", who="wang"))["type"] == "onescreen:another"
    form = {"key": "k" * 9, "who": "li", "event": str(event), "step": "accept"}
    assert told(li.post("/queue/act", data=form))["type"] == "onescreen:forged"
    assert site.steps(event) == ["opened"]


@pytest.mark.parametrize(
    "more",
    [{"step": "purge"}, {"key": "short"}, {"event": "x"}, {"event": "9" * 30}, {"step": "hand_over", "to": "no such"}],
)
def test_what_makes_no_sense_is_refused(site: Site, more: dict[str, str]) -> None:
    event, li = site.hit(), site.client("li")
    form = {"key": "long enough", "who": "li", "event": str(event), "step": "accept"} | more
    answer = li.post("/queue/act", data=form, headers={"X-CSRFToken": word(li)})
    assert answer.status_code in (400, 404)
    told(answer)


def fed_back(client: FlaskClient, event: int, bodies: list[bytes], **more: Any) -> TestResponse:
    act(client, event, "accept")
    act(client, event, "act")
    photos = [FileStorage(io.BytesIO(body), "a.jpg") for body in bodies]
    return act(client, event, "feed_back", photo=photos, **({"result": "solved", "note": "人在家中"} | more))


def test_a_photo_is_kept_without_where_it_was_taken(site: Site) -> None:
    event, li = site.hit(), site.client("li")
    answer = fed_back(li, event, [picture("JPEG"), picture("PNG")])
    assert answer.status_code == 200
    last = told(answer)["history"][-1]
    assert last["note"] == "已解决：人在家中"
    for name, kind in zip(last["evidence"], ("image/jpeg", "image/png"), strict=True):
        photo = li.get(f"/queue/events/{event}/photos/{name}")
        assert (photo.mimetype, SECRET in photo.data) == (kind, False)
        assert photo.headers["Cache-Control"] == "private, no-store"
        assert "sandbox" in photo.headers["Content-Security-Policy"]
    assert li.get(f"/queue/events/{event}/photos/{'0' * 64}").status_code == 404
    assert {"event", "event_changed"} <= {line.action for line in Log(site.access).search(Sought())[0]}


@pytest.mark.parametrize(
    ("bodies", "status"),
    [
        ([b"GIF89a"], 400), ([picture("JPEG")[:-40]], 400), ([picture("PNG")] * (MOST_PHOTOS + 1), 400),
        ([b"\xff\xd8\xff" + b"0" * PHOTO_BYTES], 400), ([b"0" * MOST_BODY], 413),
    ],
)  # fmt: skip
def test_photos_have_limits(site: Site, bodies: list[bytes], status: int) -> None:
    event, li = site.hit(), site.client("li")
    answer = fed_back(li, event, bodies)
    assert answer.status_code == status
    told(answer)
    assert site.steps(event)[-1] == "acting"


def test_nothing_is_kept_of_a_step_that_cannot_be_done(site: Site) -> None:
    """A photograph of somebody that no step names would lie there for nobody to see, nor to take away."""
    event, li = site.hit(), site.client("li")
    for name in ("a.jpg", "../../etc/passwd", "很长" * 200 + ".exe", ""):
        photo = FileStorage(io.BytesIO(picture("JPEG")), name, content_type="text/html")
        assert act(li, event, "feed_back", photo=photo, result="solved").status_code == 409
    assert not site.events._all(select(tables.evidence.c.sha256).where(tables.evidence.c.event == event))


def test_closing_is_for_somebody_else_who_says_whether_they_were_content(site: Site) -> None:
    event, li, wang = site.hit(), site.client("li"), site.client("wang")
    assert "close" not in told(fed_back(li, event, [picture("JPEG")]))["event"]["may"]
    assert act(li, event, "close").status_code == 409
    closed = act(wang, event, "close", who="wang", satisfied="no")
    assert told(closed)["event"]["state"] == "closed"
    assert told(closed)["history"][-1]["satisfied"] is False
    assert (event, "closed") in {(one["id"], one["state"]) for one in told(wang.get("/queue/events"))["events"]}


def test_what_is_handed_over_out_of_sight_is_gone(site: Site) -> None:
    event, sun = site.hit(), site.client("sun")
    units = told(sun.get(f"/queue/events/{event}"))["units"]
    assert [unit["code"] for unit in units] == ["990101001", "990101", "990000"]
    answer = told(act(sun, event, "hand_over", who="sun", to="990101", note="需区级协调"))
    assert answer["event"]["owner"]["code"] == "990101"  # it happened here: they still see it
    wang, far = site.client("wang"), site.hit(ELSEWHERE)
    act(wang, far, "hand_over", who="wang", to=COMMUNITY, note="人已到贵处")
    answer = told(act(sun, far, "hand_over", who="sun", key="back again", to="990101", note="不是我处"))
    assert answer == {"event": {"id": far}, "gone": True}


def test_the_page_and_its_worker_say_nothing_of_anybody(site: Site) -> None:
    site.hit()
    li, wang = site.client("li"), site.client("wang")
    page, worker = li.get("/queue"), li.get("/queue/worker.js")
    assert page.data == wang.get("/queue").data
    assert "<script src=" in page.text
    assert not re.search(r"<script(?![^>]*(src=|application/json))|style=|\son\w+=", page.text)
    assert worker.headers["Service-Worker-Allowed"] == "/queue"
    assert worker.mimetype == "text/javascript"
    assert "worker-src 'self'" in page.headers["Content-Security-Policy"]
    for script in SCRIPTS:
        assert script in worker.text


def test_signing_out_clears_what_the_browser_keeps(site: Site) -> None:
    li = site.screen.server.test_client()
    sign_in(li, "li")
    answer = li.post("/sign-out", data={"csrf": word(li)})
    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_every_word_is_said_and_none_is_missing() -> None:
    source = "".join((assets_folder() / name).read_text("utf-8") for name in SCRIPTS)
    said = set(re.findall(r'say\("(\w+)"', source))
    spelt = set(re.findall(r'"(\w+)"', source)) | {f"result_{one}" for one in re.findall(r'"(\w+)"', source)}
    built = re.compile(r"(group|due|result|satisfied)_|queue$|needs_script$")
    assert said - TEXTS.keys() == set()
    assert {key for key in TEXTS if key not in spelt and not built.match(key)} - set(STEPS) == set()
    assert all(zh and en and zh != en for key, (zh, en) in TEXTS.items())


def test_what_can_be_done_next_is_what_the_book_allows() -> None:
    for state, steps in steps_then().items():
        assert state in STATES_OF_EVENTS
        assert set(steps) == {step for step, what in STEPS.items() if state in FROM[what]} - {"close"}


def test_a_hand_over_whose_answer_was_lost_is_gone_and_not_an_error(site: Site) -> None:
    event, sun = site.hit(CITY), site.client("sun")
    site.screen.sheets.desk.beside(EventDesk).step(
        Viewer(rights=frozenset({"act"})), event, "hand_over", "key-up-0001", to=COMMUNITY
    )
    for _ in range(2):
        answer = act(sun, event, "hand_over", "key-up-0002", who="sun", to=CITY)
        assert told(answer) == {"event": {"id": event}, "gone": True}
    assert site.steps(event) == ["opened", "handed_over", "handed_over"]
    assert act(sun, event, "accept", "key-up-0003", who="sun").status_code == 404


def test_a_phone_tells_when_it_was_done(site: Site) -> None:
    event, li = site.hit(), site.client("li")
    assert act(li, event, "accept", done="2022-04-13T08:00:00.000Z").status_code == 200
    assert act(li, event, "act", done="yesterday").status_code == 200
    for one in read.history(site.events, event).changes[1:]:
        assert one.done == one.at
    told_, said = (one for one in read.history(site.events, event).changes[1:])
    assert (told_.said, said.said) == (dt.datetime(2022, 4, 13, 8), None)
    full = told(li.get(f"/queue/events/{event}"))
    assert [(one["came"], one["said"]) for one in full["history"][1:]] == [(None, "2022-04-13T08:00:00Z"), (None, None)]
