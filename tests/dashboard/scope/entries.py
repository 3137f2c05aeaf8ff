"""Every entry point of the product, read off what there is: nobody can add one that these tests do not see."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from typing import Any

import typer.main

import dashboard.queries
from dashboard import cli
from dashboard.exports import FORMATS
from dashboard.exports.layers import LAYERS
from dashboard.pages import PAGES
from dashboard.queries.questions import QUESTIONS
from dashboard.reports import REPORTS
from dashboard.reports.writers import WRITERS
from dashboard.wall.scenes import SCENES
from grid.measures import MEASURES


def desks() -> dict[str, Any]:
    """Every public question: "Class.method" or "function" -> it, of dashboard.queries; those that take a viewer."""
    found: dict[str, Any] = {}
    for each in pkgutil.walk_packages(dashboard.queries.__path__, "dashboard.queries."):
        module = importlib.import_module(each.name)
        for name, one in vars(module).items():
            if getattr(one, "__module__", "") == each.name and not name.startswith("_"):
                found |= {id: made for id, made in _of(name, one) if "viewer" in inspect.signature(made).parameters}
    return {
        id: made for id, made in found.items() if not id.startswith("Notes.")
    }  # it writes the log, and answers nothing


def _of(name: str, one: Any) -> Iterator[tuple[str, Any]]:
    if inspect.isclass(one):
        for word, made in vars(one).items():
            if inspect.isfunction(made) and not word.startswith("_"):
                yield f"{name}.{word}", made
    elif inspect.isfunction(one):
        yield name, one


def rules(server: Any) -> list[str]:
    """ "GET /alive" of every rule and method of a Flask server."""
    return sorted(
        f"{method} {rule.rule}" for rule in server.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    )


def callbacks(app: Any) -> list[str]:
    """Every callback of Dash by its inputs: "address.search, address.pulse"."""
    return [callback_id(one) for one in app._callback_list]


def callback_id(one: dict[str, Any]) -> str:
    """Its inputs."""
    return ", ".join(f"{each['id']}.{each['property']}" for each in one["inputs"])


def commands(command: Any = None, name: str = "onescreen") -> Iterator[str]:
    """Every command of the command line, groups opened."""
    command = command or typer.main.get_command(cli.app)
    below = getattr(command, "commands", None)
    if below is None:
        yield name
    else:
        for word, inner in below.items():
            yield from commands(inner, f"{name} {word}")


def every(app: Any) -> list[str]:
    """The ids of all entry points; ``app``: a Screen."""
    kinds: dict[str, Sequence[str]] = {
        "query": sorted(desks()),
        "question": sorted(QUESTIONS),
        "http": rules(app.server),
        "callback": callbacks(app),
        "page": ["map", *(page.id for page in PAGES)],
        "export": [f"{layer}.{form.id}" for layer in (*LAYERS, "table", "shown", *MEASURES) for form in FORMATS],
        "report": [f"{kind}.{writer}" for kind in REPORTS for writer in WRITERS],
        "scene": [scene.id for scene in SCENES],
        "command": list(commands()),
    }
    return [f"{kind} {id}" for kind, ids in kinds.items() for id in ids]
