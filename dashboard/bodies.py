"""What comes in as JSON: nothing nested deeper than a parser bears, and of a callback only what our own pages send.

Dash takes the shape of a callback's body for granted and fails where it is another; here that is a bad request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
import flask
from dash.exceptions import DependencyException
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest, NotFound

#: How Dash's one address for callbacks ends.
CALLBACKS = "_dash-update-component"


class Parser(DefaultJSONProvider):
    """Flask's own, for which lists in lists in lists are a mistake of the sender."""

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """The value; ValueError."""
        try:
            return super().loads(s, **options)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def guard(app: dash.Dash, server: flask.Flask) -> None:
    """Refuses callbacks that ``app`` does not have, or that bring something else than their inputs, and says of scripts
    that there are none such where Dash fails: anybody may ask for them."""

    def fits() -> None:
        if flask.request.path.endswith(CALLBACKS) and not _fits(flask.request.get_json(), app.callback_map):
            raise BadRequest("no such callback")

    def nothing(_error: DependencyException) -> flask.typing.ResponseReturnValue:
        return NotFound().get_response()

    server.before_request(fits)
    server.register_error_handler(DependencyException, nothing)


def _fits(body: object, known: Mapping[str, Mapping[str, Any]]) -> bool:
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    wanted, changed = known.get(body["output"]), body.get("changedPropIds", [])
    if wanted is None or not isinstance(changed, list) or not all(isinstance(one, str) for one in changed):
        return False
    outputs = body.get("outputs", [])
    return (
        _names(body.get("inputs", [])) == _names(wanted["inputs"])
        and _names(body.get("state", [])) == _names(wanted["state"])
        and _names(outputs if isinstance(outputs, list) else [outputs]) == _spelt(body["output"])
    )


def _spelt(output: str) -> list[tuple[str, str]]:
    """(id, property) of each output of a callback, as its name spells them: "a.x", or "..a.x...b.y.."."""
    names = output[2:-2].split("...") if output.startswith("..") else [output]
    return [(id, property) for id, _, property in (name.rpartition(".") for name in names)]


def _names(parts: object) -> list[tuple[str, str]] | None:
    """(id, property) of each part; None where one is no part."""
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return None
    found = [(part.get("id"), part.get("property")) for part in parts]
    return found if all(isinstance(word, str) for pair in found for word in pair) else None
