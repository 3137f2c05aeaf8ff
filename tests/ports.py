"""Ports of loopback that a process is told of before it listens there."""

from __future__ import annotations

import atexit
import socket

#: Bound and never listening: the machine gives such a port to nobody by itself, to no other test process and to no line
#: that is opened, also while its server is away; whoever asks for it by its number, as servers do, has it.
_HELD: list[socket.socket] = []


def free_port() -> int:
    """A port that nobody but who is told of it listens on as long as this process lives."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    _HELD.append(held)
    number: int = held.getsockname()[1]
    return number


@atexit.register
def _give_back() -> None:
    for held in _HELD:
        held.close()


__all__ = ["free_port"]
