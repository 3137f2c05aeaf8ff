"""Nothing may ask an address outside the machine: watches for the test process and for its browser."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest

#: Chromium finds no host but these, numeric addresses included; nothing leaves before a test can see it.
RESOLVER = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"

#: Addresses that are read from the page itself.
INLINE = {"about", "blob", "chrome", "chrome-error", "data", "devtools"}


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or a number, is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def stays(url: str) -> bool:
    """Whether a page's request for ``url`` stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in INLINE or is_loopback(parts.hostname or "")


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: ends a test that connects, sends or looks up a name outside."""
    if event in {"socket.connect", "socket.sendto"}:
        address = args[1]
    elif event == "socket.getaddrinfo":
        address = args[:1]
    else:
        return
    # A Unix socket's address is text or bytes; no host at all is the machine's own.
    if isinstance(address, tuple) and address[0] and not is_loopback(_text(address[0])):
        pytest.fail(f"{event}: {address} is outside this machine", pytrace=True)


def _text(host: str | bytes) -> str:
    return host.decode() if isinstance(host, bytes) else host


def guard_process() -> None:
    """From now on this Python process reaches nothing but this machine (a hook cannot be taken back)."""
    sys.addaudithook(_refuse)
