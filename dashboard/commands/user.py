"""``onescreen user``: who may sign in, and the tokens of programs that ask in their name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dashboard.commands.noting import opened_log
from dashboard.commands.terminal import HOME, Home, out
from dashboard.queries import Desk, Viewer
from data.access import Access, users
from data.access.signing import ONCE_DAYS
from data.access.tokens import Token, list_tokens, new_token, revoke_token
from data.access.users import User
from data.city import read_city
from data.engine import utcnow
from data.settings import read_home
from data.store import Store
from data.terms import ROLES
from grid.cube import Cube

app = typer.Typer(no_args_is_help=True, help="用户和程序令牌 / users, and tokens of programs")

Login = Annotated[str, typer.Argument(help="登录名 / login")]
Area = Annotated[
    str | None, typer.Option(help="只看此区域：代码、名称或 city / bound to this area: code, name or city")
]
_ROLES = " | ".join(f"{role.id} {role.zh}" for role in ROLES.values())
Role = Annotated[str | None, typer.Option(help=_ROLES)]

#: What a one-time password is.
ONCE = f"一次性密码，{ONCE_DAYS} 天内有效，登录后须自定 / one-time, for {ONCE_DAYS} days; another is chosen at sign-in"

#: What stands for the whole city.
CITY = "city"


@app.command("add")
def add(
    login: Login,
    home: Home = HOME,
    role: Annotated[str, typer.Option(help=_ROLES)] = "reporter",
    name: Annotated[str, typer.Option(help="姓名或岗位 / name or post")] = "",
    area: Area = CITY,
) -> None:
    """添加用户，一次性密码只显示这一次 / Add a user; the one-time password is shown this once."""
    with _book(home) as access:
        made, shown = users.add_user(access, login, name, role, _code(home, area) or None)
        _line(made)
        _tell(made.login, shown or "")


@app.command("list")
def list_all(home: Home = HOME) -> None:
    """列出用户 / List the users."""
    with _book(home) as access:
        found = users.list_users(access)
    table = Table(box=None, pad_edge=False)
    for head in (
        "登录名 / login",
        "姓名 / name",
        "角色 / role",
        "区域 / area",
        "状态 / state",
        "上次登录 / seen (UTC)",
    ):
        table.add_column(head, overflow="fold")
    for each in found:
        seen = f"{each.seen:%Y-%m-%d %H:%M}" if each.seen else "-"
        table.add_row(each.login, each.name, _role(each), each.scope or CITY, _state(each), seen)
    Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False).print(table)


@app.command("change")
def change(
    login: Login,
    home: Home = HOME,
    role: Role = None,
    name: Annotated[str | None, typer.Option(help="姓名或岗位 / name or post")] = None,
    area: Area = None,
) -> None:
    """改角色、区域或姓名，立即生效 / Change role, area or name; it holds at once."""
    with _book(home) as access:
        _line(users.change_user(access, login, name=name, role=role, scope=_code(home, area)))


@app.command("disable")
def disable(login: Login, home: Home = HOME) -> None:
    """停用：不能再登录，已登录的立即退出 / Disable: signed out at once, and not let in again."""
    with _book(home) as access:
        _line(users.disable_user(access, login))


@app.command("enable")
def enable(login: Login, home: Home = HOME) -> None:
    """重新启用 / Enable again."""
    with _book(home) as access:
        _line(users.enable_user(access, login))


@app.command("unlock")
def unlock(login: Login, home: Home = HOME) -> None:
    """解除因输错密码的锁定 / Unlock after too many wrong passwords."""
    with _book(home) as access:
        _line(users.unlock_user(access, login))


@app.command("reset")
def reset(login: Login, home: Home = HOME) -> None:
    """重置密码，一次性密码只显示这一次 / Reset the password; the one-time password is shown this once."""
    with _book(home) as access:
        _tell(users.find_user(access, login).login, users.reset_password(access, login))


@app.command("token")
def token(
    login: Login,
    name: Annotated[str, typer.Option(help="程序名称 / the program that asks")],
    home: Home = HOME,
    days: Annotated[int, typer.Option(help="有效天数 / days that it holds")] = 90,
) -> None:
    """为程序发令牌，只显示这一次 / Make a token for a program; it is shown this once."""
    with _book(home) as access:
        made, secret = new_token(access, login, name, days)
    out.print(f"✓ {_told(made)}")
    out.print(f"Authorization: Bearer {secret}")


@app.command("tokens")
def tokens(login: Annotated[str | None, typer.Argument(help="登录名 / login")] = None, home: Home = HOME) -> None:
    """列出令牌 / List the tokens."""
    with _book(home) as access:
        for each in list_tokens(access, login):
            out.print(_told(each))


@app.command("revoke-token")
def revoke(number: Annotated[int, typer.Argument(metavar="TOKEN", help="编号 / number")], home: Home = HOME) -> None:
    """作废令牌 / Revoke a token."""
    with _book(home) as access:
        out.print(f"✓ {_told(revoke_token(access, number))}")


def _tell(login: str, shown: str) -> None:
    out.print(f"  {login}  {shown}")
    out.print(f"  {ONCE}")


@contextmanager
def _book(home: Path) -> Iterator[Access]:
    with opened_log(home) as log:
        yield log.access


def _code(home: Path, area: str | None) -> str | None:
    """The code of an area of the city, "" of the whole city, None where none was named. AreaNotFound."""
    if area is None or area == CITY:
        return area and ""
    settings = read_home(home)
    store = Store.open(settings.database)
    try:
        place = Desk(Cube(store, read_city(settings.city))).place(Viewer(), area)
    finally:
        store.close()
    return "" if len(place.path) == 1 else place.code


def _line(user: User) -> None:
    out.print(f"✓ {user.login}  {user.name}  {_role(user)}  {user.scope or CITY}  {_state(user)}")


def _role(user: User) -> str:
    role = ROLES.get(user.role)
    return f"{role.zh} / {role.en}" if role else user.role


def _state(user: User) -> str:
    if user.disabled:
        return "停用 / disabled"
    if user.locked:
        return f"锁定至 / locked until {user.locked:%H:%M} UTC"
    return "待定密码 / to choose a password" if user.once else "有效 / in use"


def _told(made: Token) -> str:
    lapsed = made.revoked is not None or made.expires <= utcnow()
    state = "停用 / not valid" if lapsed else "有效 / in use"
    used = f"{made.seen:%Y-%m-%d %H:%M}" if made.seen else "-"
    return f"{made.id}  {made.login}  {made.name}  {made.made:%Y-%m-%d} – {made.expires:%Y-%m-%d}  {used}  {state}"
