"""Questions to the server: addresses of pages, bytes, exports, the wall, the API; bodies, headers, callbacks."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.hostile.texts import DAYS, EVERY, NUMBERS, text

PAGES = (
    "/",
    "/codes",
    "/zones",
    "/notices",
    "/orders",
    "/sandbox",
    "/outflow",
    "/risk",
    "/ticket",
    "/tickets",
    "/freshness",
    "/audit",
)
WISHES = (
    "area",
    "layer",
    "level",
    "day",
    "known",
    "lang",
    "theme",
    "view",
    "zone",
    "ticket",
    "notice",
    "pack",
    "from",
    "to",
    "mode",
    "q",
    "sort",
)
KNOWN = {
    "area": ("990101", "city", "990000", "990101001", "东江区"), "layer": ("positives", "growth", "risk_high"), "level": ("street", "cell"),
    "day": ("2022-03-04",), "known": ("now", "then", "2022-03-04T08:00"), "measure": ("positives", "population"), "lang": ("zh", "en"),
    "within": ("990000", "990101"), "format": ("csv", "xlsx"), "limit": ("5",), "offset": ("0",),
}  # fmt: skip
LAYERS = ("positives", "population", "zones", "flows", "score", "shown", "table")
FORMS = ("geojson", "parquet", "fgb", "shp", "csv", "xlsx")
API = (
    "areas", "areas/tree", "areas/{}", "measures", "values", "series", "facts", "zones", "zones/summary", "codes", "flows", "risk", "loads",
    "freshness", "reports", "reports/{}", "reports/{}/{}", "", "conformance", "collections", "collections/{}", "collections/{}/items",
    "collections/{}/items/{}", "docs/openapi.json", "docs/{}", "{}",
)  # fmt: skip
ASKED = (
    "limit", "offset", "within", "level", "q", "area", "depth", "measure", "day", "source", "first", "last", "cite", "state", "mode",
    "destinations", "grade", "measures", "datetime", "bbox", "lang", "as_of",
)  # fmt: skip
METHODS = ("GET", "GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")


@dataclass(frozen=True)
class Ask:
    """One question: ``path`` is quoted already."""

    path: str
    query: str = ""
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def part(chance: random.Random, words: str) -> str:
    """A text as a part of an address: quoted, now and then quoted wrongly or not at all where it may be."""
    raw = words.encode("utf-8", "surrogatepass")[:3000]
    match chance.randrange(8):
        case 0:
            return "".join(f"%{byte:02x}" for byte in raw[:400])
        case 1:
            return quote(raw, safe="/:.%")
        case 2:
            return quote(raw, safe="") + chance.choice(("%", "%2", "%zz", "%ff%fe", "%c0%80", "%00"))
        case _:
            return quote(raw, safe="")


def query(chance: random.Random, names: Sequence[str]) -> str:
    """A query of names that are known and values that are not, or the other way round."""
    pairs = []
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        name = chance.choice(names) if chance.random() < 0.93 else text(chance)[:200]
        known = KNOWN.get(name, ())
        value = chance.choice(known) if known and chance.random() < 0.35 else _value(chance, name)
        pairs.append((name.encode("utf-8", "replace"), value.encode("utf-8", "surrogatepass")))
    made = urlencode(pairs)
    return (
        made
        if chance.random() < 0.9
        else made + chance.choice(("&", "&&&=", "%", "&a=%ff", ";", "#", "?" * 50, "&=" * 500))
    )


def _value(chance: random.Random, name: str) -> str:
    if name in ("day", "known", "as_of", "first", "last", "from", "to", "datetime") and chance.random() < 0.7:
        return chance.choice(DAYS)
    if name in ("limit", "offset", "depth", "destinations", "w", "h", "r") and chance.random() < 0.7:
        return chance.choice(NUMBERS)
    if name in ("bbox", "view"):
        return ",".join(chance.choice((*NUMBERS[:22], "110.01", "30.01")) for _ in range(chance.choice((3, 4, 4, 6))))
    return text(chance)


def page(chance: random.Random) -> Ask:
    """The address of a page."""
    path = chance.choice(PAGES) if chance.random() < 0.85 else "/" + part(chance, text(chance))
    return Ask(path, query(chance, WISHES), headers=headers(chance))


def bytes_(chance: random.Random, base: str = "") -> Ask:
    """An address of the map's bytes."""

    def one(*known: str) -> str:
        return (
            chance.choice(known)
            if chance.random() < 0.6
            else part(chance, chance.choice((text(chance), *DAYS, *NUMBERS)))
        )

    number = chance.choice(
        ("1", "2", "8", "0", "99", "2147483648", "9223372036854775808", "9" * 400, "9" * 5000, "-1", "1.5", "%00")
    )
    level, within, day = (
        one("street", "district", "cell"),
        one("990000", "990101", "city"),
        one("2022-03-04", "all", *DAYS),
    )
    known = one("now", "then", "20220304T080000", "00010101T000000", "99991231T235959")
    path = chance.choice((
        f"/geo/{number}/{level}/{within}/shapes.bin", f"/geo/{number}/{level}/{within}/outlines.bin",
        f"/paint/{number}/{known}/{one('positives', 'growth', 'incidence_14d', 'zone_lockdown_n')}/{level}/{within}/{day}.bin",
        f"/flows/{number}/{known}/{within}/{day}.bin", f"/risk/{number}/{known}/{one('score', 'forecast', 'rt')}/{level}/{within}/{day}.bin",
        "/alive",
    ))  # fmt: skip
    return Ask(base + path, headers=headers(chance))


def export(chance: random.Random) -> Ask:
    """An address of a file to take away."""
    layer = chance.choice(LAYERS) if chance.random() < 0.7 else part(chance, text(chance)) or "x"
    form = chance.choice(FORMS) if chance.random() < 0.7 else part(chance, text(chance)) or "x"
    path = f"/export/menu/{part(chance, text(chance)) or 'map'}" if chance.random() < 0.2 else f"/export/{layer}/{form}"
    return Ask(path, query(chance, WISHES), headers=headers(chance))


def api(chance: random.Random) -> Ask:
    """A question to the API, now and then with a body."""
    shape = chance.choice(API)
    path = "/api/v1/" + shape.format(
        *(part(chance, chance.choice((text(chance), "990101", "street", "zones"))) for _ in range(2))
    )
    method = chance.choice(METHODS)
    body = json_body(chance) if method in ("POST", "PUT", "PATCH") else b""
    more = {
        "Content-Type": chance.choice(
            ("application/json", "application/json", "text/plain", "multipart/form-data; boundary=", "x" * 500)
        )
    }
    return Ask(path, query(chance, ASKED), method, body, {**headers(chance), **(more if body else {})})


def wall(chance: random.Random, token: str) -> Ask:
    """An address of a wall, with its link or without."""
    asked = token if chance.random() < 0.7 else part(chance, text(chance)) or "x"
    if chance.random() < 0.5:
        return bytes_(chance, f"/wall/{asked}")
    tail = chance.choice(("", "/picture", "/beat", "/" + part(chance, text(chance))))
    return Ask(f"/wall/{asked}{tail}", query(chance, ("w", "h", "r", "lang", "scene")), headers=headers(chance))


def callback(chance: random.Random) -> Ask:
    """A body of Dash's one door for callbacks: torn, of other parts, of wrong types, with any of the texts."""
    first = chance.random() < 0.5
    if first:
        output = "..map.shapes_url...map.outlines_url...notice.data.."
        inputs: list[Any] = [_input(chance, "address", "search"), _input(chance, "address", "pulse")]
    else:
        output = "..where.data...header.data...sheet.data...notice.data.."
        inputs = [_input(chance, "where", "path"), _input(chance, "where", "search"), _input(chance, "where", "pulse")]
    body: Any = {
        "output": output,
        "outputs": _outputs(output),
        "inputs": inputs,
        "changedPropIds": [chance.choice(("address.search", "x"))],
    }
    match chance.randrange(8):
        case 0:
            body = chance.choice(([], None, 7, "x", {}, [body], {"output": body}, {"output": None, "inputs": None}))
        case 1:
            body.pop(chance.choice(list(body)))
        case 2:
            body[chance.choice(list(body))] = chance.choice((None, 0, [], {}, text(chance), [[]], [None], -1.5, True))
    made = json.dumps(body).encode()
    made = (
        made
        if chance.random() < 0.85
        else chance.choice((made[:-3], b"", b"[" * 3000, b"\xff\xfe", made * 2, b"{" * 90_000, b'{"a":' * 50_000))
    )
    prefix = "" if first else "/sheet"
    kind = chance.choice(
        ("application/json", "application/json", "application/json", "text/plain", "application/x-www-form-urlencoded")
    )
    return Ask(f"{prefix}/_dash-update-component", "", "POST", made, {**headers(chance), "Content-Type": kind})


def real_outputs(registered: Sequence[str]) -> dict[bool, str]:
    """Of the callbacks that an app has registered the first page's (True) and the further pages'."""
    return {
        not one.startswith("..where"): one for one in registered if one.startswith(("..map.shapes_url", "..where.data"))
    }


def callback_of(outputs: dict[bool, str], chance: random.Random) -> Ask:
    """A callback whose name is right, so that its inputs are read."""
    ask = callback(chance)
    first = not ask.path.startswith("/sheet")
    try:
        body = json.loads(ask.body)
    except (ValueError, RecursionError):
        return ask
    if isinstance(body, dict) and isinstance(body.get("output"), str):
        body |= {"output": outputs[first], "outputs": _outputs(outputs[first])} if chance.random() < 0.9 else {}
    return Ask(ask.path, ask.query, ask.method, json.dumps(body).encode(), ask.headers)


def _outputs(output: str) -> list[dict[str, str]]:
    return [dict(zip(("id", "property"), one.rsplit(".", 1), strict=True)) for one in output.strip(".").split("...")]


def _input(chance: random.Random, id_: str, name: str) -> dict[str, Any]:
    if name == "search":
        value: Any = "?" + query(chance, WISHES)
    elif name == "path":
        value = chance.choice(PAGES)
    else:
        value = chance.choice((1, None, 0))
    return {"id": id_, "property": name, "value": value if chance.random() < 0.85 else junk(chance)}


def junk(chance: random.Random) -> Any:
    """Any value of JSON."""
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    return chance.choice(
        (
            None,
            True,
            0,
            -1,
            1e308,
            2**70,
            "",
            [],
            {},
            [[[]]],
            {"a": {"b": None}},
            text(chance),
            [text(chance)],
            deep,
            {"__proto__": 1},
        )
    )


def json_body(chance: random.Random) -> bytes:
    """A body of a POST: an order of a report that cannot be, or no JSON at all."""
    order = {
        name: junk(chance)
        for name in chance.sample(("kind", "area", "day", "as_of", "formats", "lang", "layer", "subject", "x"), 3)
    }
    order |= {
        "kind": chance.choice(("daily", "special", "x", None, text(chance))),
        "formats": chance.choice(([], ["x"], [text(chance)], "pdf", None, {})),
    }
    made = json.dumps(chance.choice((order, [order], junk(chance)))).encode()
    return chance.choice(
        (made, made, made, made[:-2], b"", b"[" * 9000, b"\x00", b"x" * 20_000, b"\xff" * 10, b'{"kind":' * 1000)
    )


def headers(chance: random.Random) -> dict[str, str]:
    """Mostly none; now and then some that are read."""
    if chance.random() < 0.7:
        return {}
    name = chance.choice((
        "Accept-Encoding", "Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "Cookie", "Authorization", "Host", "X-Forwarded-For",
        "X-Forwarded-Host", "X-HTTP-Method-Override", "Content-Length", "Transfer-Encoding", "Accept", "Referer", "Origin", "User-Agent", "Forwarded",
        "If-Range", "X-Forwarded-Proto", "Expect",
    ))  # fmt: skip
    usual = {
        "Range": "bytes=9999999999999-,-1", "If-None-Match": 'W/"x","y', "Authorization": "Bearer " + chance.choice(EVERY), "Content-Length": chance.choice(NUMBERS),
        "Cookie": "session=" + chance.choice(EVERY), "Accept-Encoding": "gzip;q=nan,br;q=1e99,*;q=-1", "Host": "x.invalid:9999", "Accept": "*/*;q=x",
    }  # fmt: skip
    value = usual.get(name, chance.choice(EVERY))
    return {name: "".join(sign for sign in value if " " <= sign <= "~")[:2000]}


GATE = ("/sign-in", "/sign-in", "/signed-out", "/sign-out", "/password", "/account", "/users", "/users/li", "/users/{}", "/sign-in/provider",
        "/sign-in/back", "/", "/codes", "/api/v1/loads", "/export/zones/csv", "/metrics", "/_dash-update-component")  # fmt: skip
FIELDS: dict[str, tuple[str, ...]] = {
    "do": ("add", "wall", "revoke_wall", "disable", "enable", "change", "reset", "unlock", "token", "revoke", "end_others", "x"),
    "login": ("li", "new"), "password": (), "old": (), "new": (), "twice": (), "name": (), "role": ("official", "reporter"),
    "area": ("990101", "city"), "small": ("1",), "days": ("30",), "token": ("1", "2147483648", "9223372036854775808", "-1"), "wall": ("1", "2147483648", "9223372036854775808", "-1"), "address": ("127.0.0.1",), "next": ("/codes", "http://[", "/?lang=%zz&next=[", "//x.invalid"),
    "state": (), "code": (), "error": (), "error_description": (), "iss": (),
}  # fmt: skip


def gate(chance: random.Random, session: str, word: str) -> Ask:
    """An address of who may look: forms, the way back from a provider, cookies, tokens; half of them of somebody who is
    signed in and knows the word against forged requests."""
    path = chance.choice(GATE).format(part(chance, text(chance)) or "x")
    names = chance.sample(list(FIELDS), chance.choice((1, 3, 6)))
    form = {
        name: chance.choice(FIELDS[name]) if FIELDS[name] and chance.random() < 0.6 else text(chance)[:5000]
        for name in names
    }
    form |= {"do": chance.choice(FIELDS["do"])} if path.startswith(("/users", "/account")) else {}
    more = headers(chance)
    if chance.random() < 0.5:
        more |= {"Cookie": f"onescreen={session}"}
        form["csrf"] = word if chance.random() < 0.9 else text(chance)
    else:
        more |= {
            "Cookie": _line(
                f"onescreen={chance.choice(EVERY)}; _csrf_token={chance.choice(EVERY)}; session={chance.choice(EVERY)}"
            )
        }
    if chance.random() < 0.2:
        sites = ("null", "http://[", "http://localhost", "//", "http://localhost:x", chance.choice(EVERY))
        more |= {chance.choice(("Origin", "Referer", "Sec-Fetch-Site")): _line(chance.choice(sites))}
    if chance.random() < 0.2:
        more |= {
            "Authorization": _line(
                chance.choice(("Bearer ", "Basic ", "Bearer osk_", "bearer", "")) + chance.choice(EVERY)
            )
        }
    if chance.random() < 0.4:
        return Ask(
            path,
            urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in form.items()}),
            headers=more,
        )
    return Ask(path, "", chance.choice(("POST", "POST", "POST", "PUT", "DELETE")), *_posted(chance, form, more))


def _posted(chance: random.Random, form: dict[str, str], more: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    body = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in form.items()}).encode()
    kind = "application/x-www-form-urlencoded"
    if chance.random() < 0.15:
        kind = chance.choice(
            (
                "multipart/form-data",
                "multipart/form-data; boundary=x",
                "application/json",
                "text/plain; charset=x",
                kind + "; charset=utf-7",
            )
        )
        body = chance.choice(
            (
                body,
                b"--x\r\n",
                b"--x--",
                b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' * 50,
                b"=&" * 3000,
                b"%" * 99,
                b"a[]=1" * 9,
            )
        )
    return body, {**more, "Content-Type": kind}


def _line(value: str) -> str:
    """As a header can say it."""
    return "".join(sign for sign in value if " " <= sign <= "~" or "\xa0" <= sign <= "\xff")[:2000]
