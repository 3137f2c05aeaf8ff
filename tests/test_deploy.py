"""What deploy/ starts is there: every command line of units and services is one that ``onescreen`` takes."""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml  # type: ignore[import-untyped]

from dashboard.cli import app
from data.settings import Settings

DEPLOY = Path(__file__).parents[1] / "deploy"
SYSTEMD = DEPLOY / "systemd"
UNITS = sorted(SYSTEMD.glob("*.service"))
HARDENED = SYSTEMD / "onescreen-.service.d" / "50-hardened.conf"
COMPOSE = DEPLOY / "compose" / "compose.yaml"

#: Where a unit's program lies, and a container's.
PROGRAM = "/opt/onescreen/bin/onescreen"


def told(unit: Path) -> Iterator[tuple[str, str]]:
    """(name, value) of each line of a unit, in order: a name may come again."""
    for line in unit.read_text("utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith(("#", ";", "[")):
            yield name, value


def value(unit: Path, name: str) -> str:
    return next(value for key, value in told(unit) if key == name)


def words_of(unit: Path) -> list[str]:
    """The words of our command that a unit starts, after its specifiers are filled in."""
    words = shlex.split(value(unit, "ExecStart").replace("%i", "8051").replace("%%", "%"))
    if words[0] == "/bin/sh":
        words = shlex.split(words[-1])[1:]
    assert words[0] == PROGRAM
    return words[1:]


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return found


def ours() -> dict[str, list[str]]:
    return {name: each["command"] for name, each in services().items() if each["image"] == "onescreen"}


def takes(words: Sequence[str]) -> None:
    """Raises unless the command line is understood; nothing is run."""
    command: Any = typer.main.get_command(app)
    first, *rest = words
    while hasattr(command, "commands"):
        command = command.commands[first]
        if hasattr(command, "commands"):
            first, *rest = rest
    command.make_context(first, rest)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_starts_a_command_that_there_is(unit: Path) -> None:
    takes(words_of(unit))


@pytest.mark.parametrize("name", ours())
def test_every_service_starts_a_command_that_there_is(name: str) -> None:
    takes(ours()[name])


def test_the_image_starts_a_command_that_there_is() -> None:
    lines = dict(
        line.split(" ", 1) for line in (DEPLOY / "compose/Dockerfile").read_text("utf-8").splitlines() if " " in line
    )
    assert yaml.safe_load(lines["ENTRYPOINT"]) == [PROGRAM]
    takes(yaml.safe_load(lines["CMD"]))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("serve --ports 1", "No such option"),
        ("serv", "serv"),
        ("events tock", "tock"),
        ("retain more", "unexpected extra"),
    ],
)
def test_a_command_that_there_is_not_is_found_out(line: str, why: str) -> None:
    with pytest.raises(Exception, match=why):
        takes(line.split())


def test_every_setting_in_the_environment_is_one() -> None:
    given = {
        name for each in services().values() for name in each.get("environment", {}) if name.startswith("ONESCREEN_")
    }
    assert given
    assert {name.removeprefix("ONESCREEN_").lower() for name in given} <= Settings.model_fields.keys()


def test_every_timer_has_its_service_and_is_wanted() -> None:
    timers = sorted(SYSTEMD.glob("*.timer"))
    assert len(timers) == 4
    for timer in timers:
        assert timer.with_suffix(".service") in UNITS
        assert value(timer, "WantedBy") == "timers.target"


def test_what_stays_is_started_again_and_goes_with_the_target() -> None:
    staying = [unit for unit in UNITS if ("Type", "oneshot") not in told(unit)]
    assert [unit.name for unit in staying] == [
        "onescreen-inbox.service",
        "onescreen-reports.service",
        "onescreen-web@.service",
    ]
    for unit in staying:
        assert {("Restart", "always"), ("PartOf", "onescreen.target"), ("WantedBy", "onescreen.target")} <= set(
            told(unit)
        )


def test_a_web_process_is_reached_from_its_own_machine_alone() -> None:
    words = words_of(SYSTEMD / "onescreen-web@.service")
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert all("ports" not in each for name, each in services().items() if name != "proxy")
    networks = yaml.safe_load(COMPOSE.read_text("utf-8"))["networks"]
    assert networks["inside"] == {"internal": True}
    assert all(each["networks"] == ["inside"] for name, each in services().items() if name != "proxy")


def systemd(units: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = {"SYSTEMD_UNIT_PATH": f"{units}:"}
    return subprocess.run(["systemd-analyze", *words], env=path, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_unit_and_finds_it_hard(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    shutil.copytree(SYSTEMD, tmp_path / "units")
    for each in (tmp_path / "units").glob("*.service"):  # the program is not where it will be
        each.write_text(each.read_text("utf-8").replace(PROGRAM, "/bin/true"), "utf-8")
    name = unit.name.replace("@.", "@8051.")
    verified = systemd(tmp_path / "units", "verify", "--man=no", str(tmp_path / "units" / name))
    assert "onescreen" not in verified.stderr
    said = systemd(tmp_path / "units", "security", "--offline=true", name).stdout
    exposed = re.search(r"Overall exposure level for \S+ ([0-9.]+)", said)
    assert exposed is not None, said
    assert float(exposed[1]) < 2


def test_the_proxies_differ_by_where_the_web_processes_are_alone() -> None:
    machine = (DEPLOY / "proxy/onescreen.conf").read_text("utf-8").splitlines()
    composed = (DEPLOY / "compose/proxy.conf").read_text("utf-8").splitlines()
    differ = [(a, b) for a, b in zip(machine[2:], composed[1:], strict=True) if a != b]
    assert [(a.split()[1], b.split()[1]) for a, b in differ] == [
        ("127.0.0.1:8051", "web1:8050"), ("127.0.0.1:8052", "web2:8050"),
    ]  # fmt: skip


def test_the_proxy_replaces_what_an_asker_says_of_himself() -> None:
    headers = (DEPLOY / "proxy/proxy_headers.conf").read_text("utf-8")
    for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"):
        assert re.search(rf"^proxy_set_header {name} \$(host|remote_addr|scheme);$", headers, re.MULTILINE), name
    conf = (DEPLOY / "proxy/onescreen.conf").read_text("utf-8")
    places = conf.count("proxy_pass ")
    assert places == conf.count("include /etc/onescreen/proxy_headers.conf;") == 2
    assert list(itertools.accumulate(1 if c == "{" else -1 for c in conf if c in "{}"))[-1] == 0


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if nginx is None:
        pytest.skip("nginx is not here")
    key, crt = tmp_path / "a.key", tmp_path / "a.crt"
    made: list[str | Path] = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
        "-keyout",
        key,
        "-out",
        crt,
    ]
    subprocess.run(made, check=True, capture_output=True)
    conf = (DEPLOY / "proxy/onescreen.conf").read_text("utf-8")
    for old, new in (
        ("/etc/onescreen/tls/onescreen.key", key), ("/etc/onescreen/tls/onescreen.crt", crt),
        ("/etc/onescreen/proxy_headers.conf", DEPLOY / "proxy/proxy_headers.conf"),
    ):  # fmt: skip
        conf = conf.replace(old, str(new))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {conf} }}", "utf-8")
    tested = subprocess.run([nginx, "-t", "-c", whole], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
