"""The addresses of the queue.

``GET /queue`` the page, ``/queue/worker.js`` what keeps it; ``/queue/events`` the list (with an ETag),
``/queue/events/<id>`` one event, ``/queue/events/<id>/photos/<sha256>`` a photo of it; ``POST /queue/act`` one step
under its key. Errors are problems (RFC 9457): 409 where somebody was quicker, 401 where whoever acted is signed in no
more.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import flask
import orjson
from werkzeug.exceptions import HTTPException

from dashboard.access.gate import visitor
from dashboard.api import problems
from dashboard.queries import Desk, Viewer
from dashboard.queries.events import OPEN, STEPS, EventDesk
from dashboard.queue import lines, photos
from dashboard.queue.page import ADDRESS, QueuePage
from dashboard.queue.texts import TEXTS
from dashboard.routes import ViewerOf
from data.errors import BadQuestion, EventNotFound
from data.words import Both, Lang

#: Events that are listed: nobody scrolls further on a phone; and of the closed ones, to look again.
MOST_OPEN, MOST_CLOSED = 200, 10
#: Bytes of one step: its photos and words.
MOST_BODY = photos.MOST_PHOTOS * photos.PHOTO_BYTES + 65_536
#: Results of a visit, as the page offers them.
RESULTS = ("solved", "unmet", "untrue", "help")
#: What whoever it was about says; else they were not asked.
SATISFIED = {"yes": True, "no": False}
#: Longest key of a step.
LONGEST_KEY = 100


def register(server: flask.Flask, desk: Desk, viewer_of: ViewerOf, assets: Path, lang: Lang) -> None:
    """Puts the addresses on the server."""
    queue, page = Queue(desk, viewer_of), QueuePage(desk, assets, lang)
    blueprint = flask.Blueprint("queue", __name__)
    problems.guard(blueprint)
    blueprint.register_error_handler(HTTPException, lambda error: problems.problem(error.code or 500))
    rules: dict[str, Any] = {
        ADDRESS: lambda: flask.Response(page.html(), mimetype="text/html"),
        f"{ADDRESS}/worker.js": lambda: _worker(page.worker()),
        f"{ADDRESS}/events": queue.events, f"{ADDRESS}/events/<int:id>": queue.event,
        f"{ADDRESS}/events/<int:id>/photos/<sha256>": queue.photo,
    }  # fmt: skip
    for number, (rule, view) in enumerate(rules.items()):
        blueprint.add_url_rule(rule, endpoint=str(number), view_func=view)
    blueprint.add_url_rule(f"{ADDRESS}/act", endpoint="act", view_func=queue.act, methods=["POST"])
    server.register_blueprint(blueprint)


def _worker(text: str) -> flask.Response:
    """It lies below the page that it keeps, so its reach has to be allowed."""
    answer = flask.Response(text, mimetype="text/javascript")
    answer.headers |= {"Service-Worker-Allowed": ADDRESS, "Cache-Control": "no-cache"}
    return answer


class Queue:
    """The answers to the page's scripts."""

    def __init__(self, desk: Desk, viewer_of: ViewerOf) -> None:
        self.desk, self.viewer_of = desk, viewer_of
        self.asked = desk.beside(EventDesk)

    def events(self) -> flask.typing.ResponseReturnValue:
        """What waits for whoever asks, and what was closed last; nothing where that is as it was when they asked."""
        viewer = self._viewer()
        found = self.asked.queue(viewer, states=OPEN, limit=MOST_OPEN)
        closed = self.asked.queue(viewer, states=("closed",), limit=MOST_CLOSED)
        body = {
            "who": self._who(viewer), "events": [lines.line(event) for event in [*found, *closed]],
            "more": self.asked.count(viewer, states=OPEN) - len(found),
        }  # fmt: skip
        tag = hashlib.sha256(orjson.dumps(body)).hexdigest()[:24]
        if flask.request.if_none_match.contains(tag):
            return flask.Response(status=304, headers={"ETag": f'"{tag}"'})
        answer = _json(body | {"at": lines.moment(self.asked.now())})
        answer.set_etag(tag)
        return answer

    def event(self, id: int) -> flask.Response:
        """One event."""
        return _json(self._full(self._viewer(), id))

    def photo(self, id: int, sha256: str) -> flask.Response:
        """A photo; nobody keeps it, and it is nothing but a picture to a browser."""
        found = self.asked.evidence(self._viewer(), id, sha256)
        answer = flask.Response(found.body, mimetype=found.kind)
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer

    def act(self) -> flask.Response:
        """Does one step, once however often it is sent, and tells what the event is then."""
        flask.request.max_content_length = MOST_BODY
        form, viewer = flask.request.form, self._viewer()
        if form.get("who", "") != viewer.user:
            return problems.problem(401, "another", TEXTS["another"])
        id = _id(form.get("event", ""))
        with closing(flask.request):  # photos that were too large for memory
            self._step(viewer, id, form)
        try:
            return _json(self._full(viewer, id))
        except EventNotFound:  # handed over to where they see it no more
            return _json({"event": {"id": id}, "gone": True})

    def _step(self, viewer: Viewer, id: int, form: Mapping[str, str]) -> None:
        step, key = form.get("step", ""), form.get("key", "")
        if step not in STEPS or not 8 <= len(key) <= LONGEST_KEY:
            raise BadQuestion(detail=Both("步骤或编号有误，请重新载入页面", "no such step or key: reload the page"))
        if self.asked.again(viewer, id, step, key) is not None:  # its answer was lost; it may be theirs no more
            return
        note = _note(form.get("result", ""), form.get("note", ""), viewer.lang)
        satisfied, done = SATISFIED.get(form.get("satisfied", "")), _moment(form.get("done", ""))
        evidence = self._evidence(viewer, id, step)
        self.asked.step(viewer, id, step, key, note, evidence, form.get("to", ""), satisfied, done)

    def _evidence(self, viewer: Viewer, id: int, step: str) -> list[str]:
        files = flask.request.files.getlist("photo")
        if len(files) > photos.MOST_PHOTOS:
            said = {lang: TEXTS["photo_many"][i].format(n=photos.MOST_PHOTOS) for i, lang in enumerate(("zh", "en"))}
            raise BadQuestion(detail=Both(**said))
        bodies = [photos.clean(file.read()) for file in files]  # all are looked at before the first is kept
        return [self.asked.keep_evidence(viewer, id, body, step) for _, body in bodies]

    def _full(self, viewer: Viewer, id: int) -> dict[str, Any]:
        found = self.asked.event(viewer, id)
        units = [lines.unit(unit) for unit in self.asked.units(viewer, id)] if viewer.may("act") else []
        return lines.full(found) | {"units": units, "at": lines.moment(self.asked.now())}

    def _viewer(self) -> Viewer:
        """Who asks, in the language of their page."""
        viewer = self.viewer_of()
        lang: Lang = "en" if flask.request.args.get("lang") == "en" else "zh"
        return Viewer(lang, viewer.scope, viewer.rights, viewer.user, viewer.role)

    def _who(self, viewer: Viewer) -> dict[str, str]:
        who = visitor()
        place = self.desk.place(viewer, viewer.scope or "city")
        name = who.user.name if who else ""
        return {"key": viewer.user, "name": name, "role": viewer.role, "area": place.name, "city": place.path[0][1]}


def _id(event: str) -> int:
    if not (event.isascii() and event.isdigit() and len(event) < 16):
        raise EventNotFound(event=event)
    return int(event)


def _moment(told: str) -> dt.datetime | None:
    """When it was done; None of a phone that cannot tell, which is no reason to lose what was done."""
    try:
        found = dt.datetime.fromisoformat(told)
        return found.astimezone(dt.UTC).replace(tzinfo=None) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _note(result: str, note: str, lang: Lang) -> str:
    """What the book keeps: the result in words, then what was written."""
    if result not in RESULTS:
        return note
    told = TEXTS[f"result_{result}"][0 if lang == "zh" else 1]
    return f"{told}{'：' if lang == 'zh' else ': '}{note}" if note else told


def _json(body: dict[str, Any]) -> flask.Response:
    answer = flask.Response(orjson.dumps(body), mimetype="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
