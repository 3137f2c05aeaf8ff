"""Who is signed in, for the header of every page of the screen: it comes with the page as first sent.

The pages' own answers are the same for everybody of the same rights and area, and are kept as such; who looks is
therefore not in them. Both languages are, because the page switches without being sent anew.
"""

from __future__ import annotations

import json

from dashboard.access.gate import Visitor
from dashboard.access.texts import TEXTS
from dashboard.queries import Desk, Viewer
from dashboard.queries.deliveries import part_of
from data.errors import OneScreenError
from data.terms import ROLES
from data.words import Lang

#: What the header finds it by, see assets/page/account.js.
ID = "onescreen-account"


def tag(desk: Desk, who: Visitor | None) -> str:
    """A data block for the page; "" where nobody is signed in."""
    if who is None:
        return ""
    said = {"name": who.user.name, "zh": _words(desk, who, "zh"), "en": _words(desk, who, "en")}
    text = json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{ID}">{text}</script>'


def _words(desk: Desk, who: Visitor, lang: Lang) -> dict[str, object]:
    at, user = (0 if lang == "zh" else 1), who.user
    role = ROLES.get(user.role)
    links = [("/queue", TEXTS["queue"][at])] if "act" in user.rights else []
    links.append(("/account", TEXTS["account"][at]))
    if "users" in user.rights:
        links.append(("/users", TEXTS["users"][at]))
    if "decide" in user.rights and part_of(desk.city, user.scope) is not None:
        links.append(("/held", TEXTS["held"][at]))
    return {
        "role": user.role if role is None else (role.zh, role.en)[at],
        "area": _area(desk, user.scope, lang),
        "links": [{"href": href, "name": name} for href, name in links],
        "sign_out": TEXTS["sign_out"][at],
        "account": TEXTS["account"][at],
        "ended": TEXTS["session_over"][at],
        "again": TEXTS["sign_in_again"][at],
    }


def _area(desk: Desk, scope: str | None, lang: Lang) -> str:
    if scope is None:
        return TEXTS[f"whole_{desk.city.level}"][0 if lang == "zh" else 1]
    try:
        return desk.place(Viewer(lang=lang), scope).name
    except OneScreenError:
        return scope
