"""``onescreen channels``: where units are told of events; whether each way works."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.terminal import HOME, Home, out
from data.engine import utcnow
from data.events.channels import FILE, read_channels
from data.events.deliver import Relay, check_channel
from data.settings import read_home

app = typer.Typer(no_args_is_help=True, help="事件的通知渠道 / Where units are told of events.")


@app.callback()
def main() -> None:
    """事件的通知渠道 / Where units are told of events."""


@app.command()
def check(
    home: Home = HOME,
    send: Annotated[bool, typer.Option("--send", help="逐一试发 / send a trial by each")] = False,
) -> None:
    """核对 channels.toml，可逐一试发 / Read channels.toml, and try each way if wanted; exit code 1 where one fails."""
    settings = read_home(home)
    channels = read_channels(home)
    relay = Relay(settings.mail_host, settings.mail_port, settings.mail_from)
    failed = 0
    for one in channels:
        error = check_channel(one, utcnow(), relay) if send else ""
        failed += bool(error)
        out.print(f"{'✗' if error else '✓'} {one.name}  {one.area}  {one.kind}  {one.address}  {error}".rstrip())
    if not channels:
        out.print(f"{home / FILE}：没有渠道，事件只在看板上 / no channels: events are on the boards alone")
    if failed:
        raise typer.Exit(1)
