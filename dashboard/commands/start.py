"""A safe start: whoever serves a home for the first time is given the way in, and nobody else is let in."""

from __future__ import annotations

import ipaddress

from dashboard.commands.terminal import out
from dashboard.commands.user import ONCE
from data.access import Access
from data.access.users import add_user, list_users
from data.errors import BadQuestion, UserError
from data.settings import Settings
from data.terms import ROLES
from data.words import Both, Lang

#: Whom a new home has, and whom the simulated city has besides: tickets can be looked at, and somebody else can check
#: what one did about an event.
FIRST = {"admin": "administrator"}
DEMO = {"official": "official", "checker": "official"}


def check_open(host: str) -> None:
    """BadQuestion unless only this machine reaches ``host``: without sign-in nothing may leave it."""
    if not is_loopback(host):
        detail = Both(
            f"--open 不登录，只能用于本机地址（127.0.0.1），不能用于 {host}",
            f"--open is without sign-in, for this machine's own address (127.0.0.1) alone, not for {host}",
        )
        raise BadQuestion(detail=detail)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def let_in(access: Access, settings: Settings, host: str, lang: Lang, demo: bool = False) -> None:
    """Makes the first users where there are none and prints their one-time passwords, this once."""
    if not is_loopback(host) and not settings.https:
        out.print("! 未用 HTTPS，密码会明文传输；请放在 HTTPS 代理之后，并设 https = true")
        out.print("  passwords travel in the clear: put it behind an HTTPS proxy and set https = true")
    if settings.sign_in == "oidc":
        return
    if list_users(access):
        out.print("  登录：忘记密码用 onescreen user reset admin / a forgotten password: onescreen user reset admin")
        return
    for login, role in (FIRST | DEMO if demo else FIRST).items():
        try:
            _, shown = add_user(access, login, ROLES[role].name(lang), role)
        except UserError:
            continue  # another process that begins to serve came first, and tells the password
        out.print(f"  {login:10}{shown}  {ROLES[role].zh} / {ROLES[role].en}")
    out.print(f"  {ONCE}")
