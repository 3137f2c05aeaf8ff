"""Writes the reference pages from the registries: ``python -m tests.docs`` (``make docs``).

``test_docs.py`` fails when a page in the tree is not what this would write.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel

from dashboard import cli
from dashboard.api import description
from dashboard.exports import FORMATS
from dashboard.reports.writers import WRITERS
from data import city, terms
from data.access.roles import MAY
from data.rules import OPEN, PACKS, Clause, Pack, rulebook
from data.rules.pack import FILLED
from data.settings import Settings
from data.sources import SOURCES
from data.sources.base import PLACE_FIELDS, Field
from data.travel import PACKS as TRAVEL
from data.travel import Demand, TravelPack, read_travel
from grid.counts import COUNTS
from grid.measures import FAMILIES
from tests.dashboard.scope.table import ENTRIES, EXCEPTIONS, Entry

ROOT = Path(__file__).parents[1]
#: Vocabularies that senders and readers meet.
WORDS = (
    "LEVELS", "STATES", "ZONES", "RISKS", "CODES", "FINDINGS", "IDENTITIES", "HARMS", "RESULTS", "ISOLATIONS", "CONTACTS",
    "SCOPES", "ANSWERS", "CONFINED", "UNITS", "MODES", "DIRECTIONS",
)  # fmt: skip
NOTE = "<!-- Written by `make docs` from the code; edit the code. -->\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def data_page() -> str:
    """data/README.md: the city file, the kinds of sources and their columns, the vocabularies."""
    parts = [
        "# data: what was reported, by whom, and when we learned it\n",
        NOTE,
        "A city is one file, `city.toml`; a feed is one kind of source. Nothing below needs code to be used.\n",
        "## The city file\n",
    ]
    for model, where in (
        (city.City, "[city]"),
        (city.Level, "[[level]]"),
        (city.Codes, "level.codes"),
        (city.Boundaries, "level.boundaries"),
        (city.Grid, "[grid]"),
        (city.Source, "[[source]]"),
        (city.Records, "source.records"),
        (city.Unpivot, "source.unpivot"),
        (city.Where, "[[source.where]]"),
        (city.Cadence, "source.cadence"),
        (city.Guard, "source.guard"),
        (city.FlowSettings, "[flows]"),
    ):
        parts += [f"### `{where}`\n", inspect.getdoc(model) or "", "", _keys(model)]
    parts += ["## Kinds of sources · 来源种类\n"]
    for kind in SOURCES:
        parts += [f"### `{kind.id}` {kind.zh} · {kind.en}\n", f"{kind.about_zh}\n\n{kind.about_en}\n"]
        silence = f"a place that a file does not name is `{kind.absent}`" if kind.absent else ""
        parts += [f"A later file replaces by `{kind.replaces}`; {silence}.\n"]
        parts += [_fields(kind.fields)]
    parts += ["### Place · 位置 (every kind)\n", _fields(PLACE_FIELDS), "## Words · 词表\n"]
    for name in WORDS:
        words = getattr(terms, name).values()
        rows = ((f"`{t.id}`", t.zh, t.en, t.glyph, ", ".join(t.also)) for t in words)
        parts += [f"### {name}\n", table(("id", "中文", "English", "", "also accepted"), rows)]
    parts += _rules()
    parts += _travel()
    parts += _roles()
    parts += ["## Settings · 设置\n", "`settings.toml` in the home, or `ONESCREEN_<NAME>` in the environment.\n"]
    parts += [table(("name", ""), ((f"`{k}`", f.description) for k, f in Settings.model_fields.items()))]
    return "\n".join(parts)


def _roles() -> list[str]:
    """Who may what: the one table, role by right."""
    rows = (
        (f"`{right.id}`", f"{right.zh} · {right.en}", *("✓" if right.id in MAY[role] else "" for role in terms.ROLES))
        for right in terms.RIGHTS.values()
    )
    heads = [f"{role.zh} {role.en}" for role in terms.ROLES.values()]
    about = "Everybody sees the numbers of their area that are not small. What else, their role says:\n"
    return ["## Roles · 角色\n", about, table(("right", "", *heads), rows)]


def _rules() -> list[str]:
    """The section of the rule packs: how one is written, and those that are shipped."""
    parts = [
        "## Rule packs · 规则包\n",
        "A pack is one TOML file. A city adds its own in the folder that `rules` of its city file names.\n",
        "`onescreen rules` lists the packs, and what those in force contradict each other in.\n",
    ]
    for model, where in ((Pack, "the file"), (Clause, "[[clause]]")):
        shown = {key: field for key, field in model.model_fields.items() if key not in (*FILLED, "clauses")}
        rows = ((f"`{key}`", _default(field)) for key, field in shown.items())
        parts += [f"### `{where}`\n", inspect.getdoc(model) or "", "", table(("key", "default"), rows)]
    book = rulebook()
    for pack in filter(None, map(book.find, PACKS)):
        since = f"{pack.start} – {book.stop(pack) or ''}".strip()
        parts += [f"### `{pack.id}` {pack.zh} · {pack.en}\n", f"{pack.notice} · {pack.authority} · {since}\n"]
        parts += [table(("clause", "中文", "English"), ((f"`{c.id}`", c.zh, c.en) for c in pack.clauses))]
    return parts


def _travel() -> list[str]:
    """The section of the rules of travel."""
    parts = [
        "## Rules of travel · 出行规定\n",
        "One TOML file an announcement; a city adds its own in the folder that `travel` of its city file names.\n",
    ]
    for model, where in ((TravelPack, "the file of a city"), (Demand, "[[demand]]")):
        rows = ((f"`{key}`", _default(f)) for key, f in model.model_fields.items() if key != "demands")
        parts += [f"### `{where}`\n", inspect.getdoc(model) or "", "", table(("key", "default"), rows)]
    for pack in (read_travel(ROOT / f"data/travel/{name}.toml") for name in TRAVEL):
        parts += [f"### `{pack.id}` {pack.zh} · {pack.en}\n", f"{pack.place} · {pack.authority} · {pack.start} –\n"]
        parts += [table(("when", "中文", "English"), ((f"`{d.when}`", d.zh, d.en) for d in pack.demands))]
    return parts


def _keys(model: type[BaseModel]) -> str:
    rows = (
        (f"`{name}`", _default(field))
        for name, field in model.model_fields.items()
        if name not in ("folder", "file_name", "members")
    )
    return table(("key", "default"), rows)


def _default(field: object) -> str:
    if field.is_required():  # type: ignore[attr-defined]
        return "required"
    default = field.get_default(call_default_factory=True)  # type: ignore[attr-defined]
    return "" if default in (None, [], {}, (), "", OPEN) or isinstance(default, BaseModel) else f"`{default}`"


def _fields(fields: Iterable[Field]) -> str:
    rows = (
        (f"`{f.id}`", f.zh, f.en, "✓" if f.required else "", ", ".join(f.also), f"{f.help_zh} {f.help_en}".strip())
        for f in fields
    )
    return table(("field", "中文", "English", "required", "headings taken without a mapping", ""), rows)


def grid_page() -> str:
    """grid/README.md: the counts and the measures."""
    parts = [
        "# grid: where, how much, how bad\n",
        NOTE,
        "Counts are stored, everything else is computed from them after the roll-up, in `rates.py`.\n",
        "## Measures · 指标\n",
    ]
    for family, members in FAMILIES:
        rows = (
            (f"`{m.id}`", f"{m.zh} · {m.en}", f"{m.unit_zh} · {m.unit_en}", f"{m.about_zh}<br>{m.about_en}")
            for m in members
        )
        parts += [f"### {family.zh} · {family.en}\n", table(("id", "", "unit", ""), rows)]
    rows = ((f"`{c.id}`", c.zh, c.en, str(c.carry) if 0 < c.carry < 10**6 else "") for c in COUNTS.values())
    parts += ["## Counts · 计数\n", table(("id", "中文", "English", "holds for days"), rows)]
    return "\n".join(parts)


def dashboard_page() -> str:
    """dashboard/README.md: the commands and their options."""
    parts = ["# dashboard: who sees it\n", NOTE, "## Commands · 命令\n"]
    for name, command in _commands(typer.main.get_command(cli.app), "onescreen"):
        rows = (
            (", ".join(f"`{o}`" for o in p.opts), getattr(p, "help", None) or "", _shown_default(p))
            for p in command.params
            if p.name != "help"
        )
        parts += [f"### `{name}`\n", f"{command.help}\n", table(("option", "", "default"), rows)]
    return "\n".join([*parts, *_exports(), *_api()])


def _exports() -> list[str]:
    """The section of the exports."""
    rows = ((f"`{one.id}`", one.zh, one.en, f".{one.suffix}", one.mimetype) for one in FORMATS)
    return [
        "## Exports · 导出\n",
        "`/export/<layer>/<format>?<query of the page>`: what the page shows, as a file; `shown` is the first page's layer.\n",
        "The command `onescreen export` gives the same bytes.\n",
        table(("format", "中文", "English", "file", "type"), rows),
    ]


def _api() -> list[str]:
    """The section of the API, from its own description."""
    made = description()
    parts = [
        "## API · 接口\n",
        "Description (OpenAPI 3.1): `/api/v1/docs/openapi.json`; to read and to try: `/api/v1/docs`.\n",
        "Every question takes `lang` (zh, en) and `as_of` (a day, or a moment).\n",
        "Metrics for Prometheus: `/metrics`; the process answers: `/healthz`; it can serve: `/readyz`.\n",
    ]
    for path, methods in made["paths"].items():
        for method, one in methods.items():
            asks = [p for p in one.get("parameters", ()) if p["name"] not in ("lang", "as_of")]
            rows = ((f"`{p['name']}`", "✓" if p.get("required") else "", _told(p["schema"])) for p in asks)
            parts += [f"### `{method.upper()} {path}`\n", f"{one['summary']}\n"]
            parts += [table(("parameter", "required", ""), rows)] if asks else []
    return parts


def _told(schema: dict[str, Any]) -> str:
    """What a parameter is, in a few words."""
    words = schema.get("enum", ())
    known = ", ".join(f"`{word}`" for word in words) if len(words) < 8 else f"one of {len(words)}"
    bounds = [f"{sign} {schema[name]:.0f}" for name, sign in (("minimum", "≥"), ("maximum", "≤")) if name in schema]
    default = f"default `{schema['default']}`" if schema.get("default") not in (None, "") else ""
    return "; ".join(filter(None, (schema.get("description", ""), known, " ".join(bounds), default)))


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """(whole name, command) of every command below ``command``, groups opened."""
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
    else:
        for word, inner in below.items():
            yield from _commands(inner, f"{name} {word}")


def _shown_default(param: object) -> str:
    default = getattr(param, "default", None)
    return "" if default is None or default is False or callable(default) else f"`{getattr(default, 'value', default)}`"


def access_page() -> str:
    """dashboard/ACCESS.md: every entry point, the right that it needs, and how scope holds there."""
    roles = (
        (role.name("zh"), role.name("en"), ", ".join(f"`{right}`" for right in sorted(MAY[id])))
        for id, role in terms.ROLES.items()
    )
    rights = ((f"`{right.id}`", right.zh, right.en) for right in terms.RIGHTS.values())
    parts = [
        "# Who is answered what · 访问\n",
        NOTE,
        "Scope and rights are kept by `dashboard/queries` alone; whatever else there is asks there.\n",
        "`tests/dashboard/scope` asks every line of this page, and fails for an entry point that has none.\n",
        "An answer to somebody who sees a part of the city may hold, of what lies outside it, only this:\n",
        *(f"- {line}" for line in EXCEPTIONS),
        "\n## Roles · 角色\n", table(("角色", "role", "rights"), roles),
        "## Rights · 权限\n", table(("right", "中文", "English"), rights), "## Entry points · 入口\n",
    ]  # fmt: skip
    for kind in dict.fromkeys(id.split()[0] for id in ENTRIES):
        ours = {id.partition(" ")[2]: entry for id, entry in ENTRIES.items() if id.split()[0] == kind}
        rows = (
            (f"`{id}`", f"`{entry.right}`" if entry.right else "", entry.holds) for id, entry in _together(ours).items()
        )
        parts += [f"### {kind}\n", table(("entry point", "right", "scope"), rows)]
    return "\n".join(parts)


def _together(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Exports layer by layer and reports kind by kind, their formats together."""
    found: dict[str, list[str]] = {}
    for id in entries:
        name, dot, form = id.rpartition(".")
        found.setdefault(f"{name}." if dot and form in FORMED else id, []).append(form)
    return {
        f"{id}{{{','.join(forms)}}}" if id.endswith(".") else id: entries[id + forms[0] if id.endswith(".") else id]
        for id, forms in found.items()
    }


FORMED = {*(form.id for form in FORMATS), *WRITERS}

PAGES: dict[str, Callable[[], str]] = {
    "data/README.md": data_page,
    "grid/README.md": grid_page,
    "dashboard/README.md": dashboard_page,
    "dashboard/ACCESS.md": access_page,
}


def main() -> None:
    """Write every page."""
    for path, write in PAGES.items():
        (ROOT / path).write_text(write(), "utf-8")


if __name__ == "__main__":
    main()
