"""Held deliveries, decided on by whoever has the right ``decide``: of a province all, of one of its cities that city's.

What is decided here is written down beside the file, and the next pass of the inbox carries it out: the server that
answers loads nothing. Until then it can be withdrawn; a returned file can be held again. What was loaded stays: a
correction is another file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flask

from dashboard.access import csrf
from dashboard.access.gate import Gate, guarded, viewer_of, visitor
from dashboard.access.texts import TEXTS
from dashboard.queries import Viewer
from dashboard.queries.deliveries import names_of, title_of
from dashboard.queries.freshness_desk import FreshnessDesk
from data import held
from data.access.audit import Log
from data.access.rows import words
from data.city.province import owner_code
from data.errors import BadQuestion, Forbidden, HeldDecided, HeldNotFound, OneScreenError, StoreError
from data.held import Held
from data.words import Both

#: What the log calls each thing that is done.
ACTIONS = {"accept": "held_accepted", "refuse": "held_refused", "undo": "held_undone", "withdraw": "held_undone"}
WHATS: Mapping[str, held.What] = {what: what for what in held.WHATS}
#: Returned files that are listed, the newest.
MOST_REFUSED = 30


class HeldPage:
    """The address ``/held``: GET shows them, POST decides."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.plain, self.access = gate, gate.plain, gate.access
        self.fresh = gate.plain.desk.beside(FreshnessDesk)

    def register(self, server: flask.Flask) -> None:
        """Puts the address on the server."""
        for method, view in (("GET", self.show), ("POST", self.submit)):
            rule = guarded(self.plain, "decide", "/held", view)
            server.add_url_rule("/held", f"held_{method}", rule, methods=[method])

    def show(self, status: int = 200, **more: Any) -> flask.Response:
        """What waits, what was decided and is not carried out, what was returned."""
        viewer = self._viewer()
        found, desk, lang = self.fresh.held(viewer), self.plain.desk, viewer.lang
        areas = desk.cube.at().areas
        who = visitor()
        assert who is not None, "the gate"
        given: dict[str, Any] = {"error": "", "done": "", "given": {}} | more
        return self.plain.page(
            "held.html", status, who=who.user, csrf=csrf.word_of(who.token),
            waiting=[one for one in found if one.waits], decided=[one for one in found if not one.waits],
            refused=self.fresh.refused(viewer)[::-1][:MOST_REFUSED],
            title=lambda one: title_of(desk.city, one.source, lang),
            line=lambda fault: fault.line(lang, names_of(areas, fault.units, lang)),
            advice=lambda fault: fault.advice(lang), **given,
        )  # fmt: skip

    def submit(self) -> flask.Response:
        """Writes down what is to become of one of them."""
        form = flask.request.form
        try:
            self._decide(form.get("do", ""), form.get("file", ""), words(form.get("why", "")))
        except (StoreError, Forbidden):
            raise
        except OneScreenError as error:
            return self.show(422, error=self.plain.error(error), given=form.to_dict())
        return self.show(done=self.plain.say("held_done"))

    def _decide(self, do: str, key: str, why: str) -> None:
        viewer = self._viewer()
        listed: Mapping[str, Sequence[Held]] = {
            "accept": self.fresh.held(viewer), "refuse": self.fresh.held(viewer), "undo": self.fresh.refused(viewer),
            "withdraw": [*self.fresh.held(viewer), *self.fresh.refused(viewer)],
        }  # fmt: skip
        one = next((one for one in listed.get(do, ()) if one.key == key), None)
        if one is None:
            raise HeldNotFound(what=key, name=key)
        if not {"withdraw": one.decided is not None, "undo": one.decided is None}.get(do, one.waits):
            raise HeldDecided(name=one.name)
        if do in ("accept", "refuse") and not why:
            raise BadQuestion(detail=Both(*TEXTS["held_why_needed"]))
        by, area = viewer.user, owner_code(self.plain.desk.city, one.source)
        said = {"why": why} if why else {}
        Log(self.access).add(by, viewer.role, ACTIONS[do], area, None, source=one.source, file=one.name, **said)
        if do == "withdraw":
            held.withdraw(one)
        else:
            held.decide(one, WHATS[do], by, why)

    def _viewer(self) -> Viewer:
        found = viewer_of()
        return Viewer(self.plain.manner()[0], found.scope, found.rights, found.user, found.role)
