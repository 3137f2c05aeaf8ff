"""Forged requests: nobody else's page may make a reader's browser change or ask something in their name.

Two locks, both for every method but GET, HEAD and OPTIONS: the browser's own word on where a request comes from
(``Sec-Fetch-Site``, ``Origin``), and a word made of the session's token, which only a page of ours can know. Dash sends
it as the header ``X-CSRFToken`` from the cookie ``_csrf_token``, forms in the field ``csrf``. A program with a token of
its own needs neither: no browser adds that by itself.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

import flask

from data.access.sessions import csrf_of

#: As Dash's renderer reads and sends it.
COOKIE = "_csrf_token"
HEADER = "X-CSRFToken"
FIELD = "csrf"

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": ":80", "https": ":443"}


def word_of(token: str) -> str:
    """The word of the session ``token``."""
    return csrf_of(token)


def is_unsafe() -> bool:
    """Whether the request may change something."""
    return flask.request.method not in SAFE


def from_here() -> bool:
    """Whether the browser says that the request comes from a page of ours; true where it says nothing."""
    request = flask.request
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:  # no address at all: none of ours
        return False
    # Not the scheme: a proxy that ends https may not say so.
    port = _PORTS.get(parts.scheme, "")
    return parts.netloc.removesuffix(port) == request.host.removesuffix(port)


def knows_word(token: str) -> bool:
    """Whether the request carries the word of the session ``token``."""
    request = flask.request
    said = request.headers.get(HEADER) or ("" if request.is_json else request.form.get(FIELD, ""))
    return hmac.compare_digest(said.encode(), word_of(token).encode())
