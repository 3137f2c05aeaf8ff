"""``onescreen backup`` and ``onescreen restore``: all that a home holds in one file, and a new home made of one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands import verify
from dashboard.commands.noting import note
from dashboard.commands.terminal import HOME, Home, LangWord, out
from data.backup import Manifest, restore
from data.backup import backup as back_up


def backup(
    file: Annotated[Path, typer.Argument(help="备份文件 / the file to write")],
    home: Home = HOME,
    secret: Annotated[
        bool,
        typer.Option("--secret", help="连同假名密钥 / with the key of the pseudonyms: guard the file"),
    ] = False,
    deliveries: Annotated[
        bool, typer.Option("--deliveries", help="连同送来的文件，核对链时要用 / with the delivered files, for verify")
    ] = False,
) -> None:
    """备份：数据库、用户、日志、城市文件、设置 / Back up the store, users, log, city and settings; loads may go on."""
    note(
        home, "backup", file=file.name, secret=secret, deliveries=deliveries
    )  # before, so that it is in the backup too
    made = back_up(home, file, secret=secret, deliveries=deliveries)
    out.print(f"✓ {file}  {file.stat().st_size:,}")
    _tell(made)
    if made.deliveries:
        files = len(made.deliveries)
        out.print(
            f"! 其中有送来的文件 {files} 份，内有逐人记录 / {files} delivered files are in it, with rows of persons"
        )
    if made.secret:
        out.print("! 其中有假名密钥，请妥善保管 / it holds the key of the pseudonyms: keep it safe")
    else:
        out.print("! 其中没有假名密钥：请另行保存 settings.toml 中的 secret，恢复时要用")
        out.print("  it holds no secret: keep the one in settings.toml elsewhere; restoring needs it")
    for left in made.left:
        out.print(f"! 城市文件夹以外，未备份 / outside of the city's folder, not in it: {left}")


def restore_command(
    file: Annotated[Path, typer.Argument(help="备份文件 / a backup")],
    home: Annotated[Path, typer.Option("--home", help="新的数据目录，须为空 / the new home: empty, or not there yet")],
    database: Annotated[
        str | None, typer.Option(help="PostgreSQL 地址，须为空库；默认 SQLite / PostgreSQL URL of an empty database")
    ] = None,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help="备份无密钥时另立 / make a new secret where the backup has none")
    ] = False,
    lang: LangWord = "zh",
) -> None:
    """从备份恢复到新目录，先核对后写入，再核对哈希链 / A new home of a backup, tested before and after."""
    given = os.environ.get("ONESCREEN_SECRET") or (secrets.token_hex(16) if new_secret else None)
    made = restore(file, home, database, given)
    note(home, "restore", file=file.name, version=made.version)
    out.print(f"✓ {home}")
    _tell(made)
    if new_secret and not made.secret:
        out.print("! 密钥是新的，原有的链无从核对 / the secret is new: the chain cannot be verified")
    else:
        verify.command(home, lang)


def _tell(made: Manifest) -> None:
    rows = sum(made.tables.values())
    out.print(f"  第 {made.version} 版，{rows:,} 行，库版本 {made.revision}，{made.made} UTC，{made.database}")
    out.print(f"  version {made.version}, {rows:,} rows in {len(made.tables)} tables, revision {made.revision}")
    users, lines = made.users.get("user", 0), made.users.get("entry", 0)
    out.print(f"  用户 {users} 名，日志 {lines:,} 行 / {users} users, {lines:,} lines of the log; nobody is signed in")
