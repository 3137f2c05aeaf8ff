"""The command ``onescreen``: every command and group of commands (dashboard/commands), and how it ends."""

from __future__ import annotations

import sys

import structlog
import typer

from dashboard.commands import (
    ask,
    backup,
    channels,
    demo,
    events,
    export,
    held,
    inbox,
    loading,
    purge,
    reconcile,
    report,
    rules,
    serving,
    user,
    verify,
    wall,
)
from dashboard.commands.terminal import err
from data.errors import OneScreenError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="一屏观全城 / One screen that sees the whole city.",
    pretty_exceptions_show_locals=False,
)  # fmt: skip

app.command("init")(loading.init)
app.command("build")(loading.build)
app.command("load")(loading.load)
app.command("ask")(ask.command)
app.command("rejects")(loading.rejects)
app.command("serve")(serving.command)
app.command("verify")(verify.command)
app.command("purge")(purge.command)
app.command("retain")(purge.retain)
app.command("reconcile")(reconcile.command)
app.command("export")(export.command)
app.command("inbox")(inbox.command)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore_command)
app.command("report")(report.command)
app.command("demo")(demo.command)
app.add_typer(wall.app, name="wall")
app.add_typer(rules.app, name="rules")
app.add_typer(user.app, name="user")
app.add_typer(held.app, name="held")
app.add_typer(events.app, name="events")
app.add_typer(channels.app, name="channels")
app.add_typer(report.schedules, name="reports")


def main() -> None:
    """Run the command; an error of ours is one sentence in both languages and exit code 2."""
    discreet()
    try:
        sys.exit(app(standalone_mode=False))  # the code of a typer.Exit, which is returned then, not raised
    except OneScreenError as error:
        err.print(
            f"[bold]✗[/] {_escape(error.say('zh'))}\n  {_escape(error.say('en'))}", highlight=False, soft_wrap=True
        )
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as error:  # what typer itself says about wrong options; others are shown whole
        if not hasattr(error, "show"):
            raise
        error.show()
        sys.exit(2)


def discreet() -> None:
    """What fails is logged without the values of variables: keys and rows of persons are among them."""
    *before, _ = structlog.get_config()["processors"]
    said = structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, said])


def _escape(text: str) -> str:
    return text.replace("[", r"\[")


if __name__ == "__main__":
    main()
