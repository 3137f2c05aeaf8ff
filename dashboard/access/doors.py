"""Puts everything of this room on the server, in the order in which a request meets it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import flask
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard import routes
from dashboard.access.account import Account
from dashboard.access.gate import Gate, wants_page
from dashboard.access.held import HeldPage
from dashboard.access.limits import Limits
from dashboard.access.oidc import Provider, ProviderDoor
from dashboard.access.plain import Plain
from dashboard.access.rules import Rules
from dashboard.access.sign_in import SignIn
from dashboard.access.users import Users
from dashboard.queries import Desk
from data.access import Access
from data.errors import StoreError
from data.words import Lang


def only_here(server: flask.Flask, host: str) -> None:
    """For a server without sign-in: it answers by this machine's own names alone. Otherwise any page on the net could
    have its own name lead here, and read what it likes in the browser of whoever opens it (DNS rebinding)."""
    names = {"localhost", "127.0.0.1", "::1", host.lower()}

    def known() -> None:
        if urlsplit(f"//{flask.request.host}").hostname not in names:  # flask's TRUSTED_HOSTS knows no IPv6
            flask.abort(400)

    server.before_request_funcs.setdefault(None, []).insert(0, known)


def register(
    server: flask.Flask,
    desk: Desk,
    access: Access,
    rules: Rules,
    assets: Path,
    lang: Lang,
    limits: Limits | None = None,
) -> None:
    """From now on every address of the server needs somebody, see :mod:`dashboard.access.gate`."""
    if rules.proxies:
        hops = rules.proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    gate = Gate(access, rules, limits or Limits(), Plain(desk, assets, lang))
    provider = Provider(server, rules, desk) if rules.provider else None
    sign_in = SignIn(gate, provider)
    server.extensions["onescreen_gate"] = gate
    server.register_error_handler(StoreError, lambda error: gate.away(error) if wants_page() else routes.failed(error))
    # Before what other rooms do before a request.
    server.before_request_funcs.setdefault(None, []).insert(0, gate.ask)
    server.after_request(gate.marked)
    sign_in.register(server)
    Account(gate, sign_in).register(server)
    Users(gate).register(server)
    HeldPage(gate).register(server)
    if provider:
        ProviderDoor(gate, provider, sign_in).register(server)
