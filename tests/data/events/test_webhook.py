"""Receivers that do as none should: their first line is told in time, and nothing else of them matters."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from data.events import Events, outbox, webhook
from data.events.channels import Channel
from data.events.deliver import Delivered, deliver
from data.events.webhook import FAILURES, Webhooks
from tests.happened import DISTRICTS, NOW, opened

Play = Callable[[socket.socket], None]
ENDLESS = b"4\r\nmore\r\n"


def heard(line: socket.socket) -> bytes:
    """The head of one request, once all of it is there; b"" where they hung up."""
    got = b""
    while b"\r\n\r\n" not in got:
        part = line.recv(65536)
        if not part:
            return b""
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    found = re.search(rb"Content-Length: (\d+)", head)
    assert found
    while len(body) < int(found[1]):
        part = line.recv(65536)
        if not part:
            return b""
        body += part
    return head


@contextmanager
def receiving(play: Play) -> Iterator[str]:
    """A server that does with each connection what ``play`` does; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    with line, suppress(OSError):  # whoever called hung up
                        play(line)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/events"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def answering(*parts: bytes, again: bytes = b"", pause: float = 0.0) -> Play:
    """Says ``parts``, then ``again`` for as long as anybody listens, or nothing more."""

    def play(line: socket.socket) -> None:
        heard(line)
        line.sendall(b"".join(parts))
        while again:
            line.sendall(again)
            time.sleep(pause)

    return play


def post(address: str) -> int:
    with closing(Webhooks()) as webhooks:
        return webhooks.post(address, b"{}", {"X-Test": "1"})


@pytest.mark.parametrize("status", [200, 204, 302, 308, 500])
@pytest.mark.parametrize(
    "rest",
    [
        b"Location: \xff\xfe\r\n\r\n",  # no text
        b"Location: http://[no address\r\n\r\n",
        b"Location: http://127.0.0.1:1/\r\nSet-Cookie: a=b\r\n\r\n",
        b"Content-Length: 999999999999\r\n\r\nand hangs up",
        b"Transfer-Encoding: chunked\r\n\r\nnot a length\r\n",
        b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nplain",
        b"no heading at all\r\n\r\n",
    ],
)
def test_the_first_line_is_the_answer(status: int, rest: bytes) -> None:
    with receiving(answering(b"HTTP/1.1 %d So\r\n" % status, rest)) as address:
        assert post(address) == status


@pytest.mark.parametrize("head", [b"", b"Transfer-Encoding: chunked\r\n", b"Location: /\r\n"])
def test_an_answer_without_end_is_cut_off(head: bytes) -> None:
    """The test ends, which is what it tests; of a redirect's body nothing is read."""
    with receiving(answering(b"HTTP/1.1 302 Elsewhere\r\n", head, b"\r\n", again=ENDLESS * 1000)) as address:
        assert post(address) == 302


@pytest.mark.parametrize(
    ("said", "dripped", "status"),
    [
        (b"", b"H", None), (b"HTTP/1.1 100 Go on\r\n\r\n", b"HTTP/1.1 100 Go on\r\n\r\n", None),
        (b"HTTP/1.1 202 Taken\r\nX: ", b"x", 202),
        (b"HTTP/1.1 202 Taken\r\nContent-Length: 4000\r\n\r\n", b"x", 202),
        (b"HTTP/1.1 202 Taken\r\nTransfer-Encoding: chunked\r\n\r\n", b"0", 202),
    ],
)  # fmt: skip
def test_whoever_drips_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, said: bytes, dripped: bytes, status: int | None
) -> None:
    """Each byte alone comes in time."""
    monkeypatch.setattr(webhook, "MOST_SECONDS", 0.5 if status is None else 2.0)  # the first line has to come before
    with receiving(answering(said, again=dripped, pause=0.02)) as address:
        if status is None:
            with pytest.raises(FAILURES):
                post(address)
        else:
            assert post(address) == status


@pytest.mark.parametrize("said", [b"", b"\0\0\0\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 two\r\n\r\n"])
def test_what_is_no_answer_is_a_failure(said: bytes) -> None:
    with receiving(answering(said)) as address, pytest.raises(FAILURES):
        post(address)


@pytest.mark.parametrize(
    "address", [f"http://{'a' * 64}.example/", "http://127.0.0.1:99999/", "http://.example/", "http://127.0.0.1:1/"]
)
def test_an_address_that_leads_nowhere_is_a_failure(address: str) -> None:
    with pytest.raises(FAILURES):
        post(address)


def test_a_path_is_written_as_http_wants_it() -> None:
    heads: list[bytes] = []

    def play(line: socket.socket) -> None:
        heads.append(heard(line))
        line.sendall(b"HTTP/1.1 204 Taken\r\n\r\n")

    with receiving(play) as address:
        assert post(f"{address}/值班 室%20?to=河/东&a=1%25") == 204
    assert heads[0].startswith(
        b"POST /events/%E5%80%BC%E7%8F%AD%20%E5%AE%A4%20?to=%E6%B2%B3/%E4%B8%9C&a=1%25 HTTP/1.1\r\n"
    )


@pytest.mark.parametrize(("most", "lines"), [(100, 1), (2, 3)])
def test_a_connection_serves_many_messages_and_its_end_loses_none(most: int, lines: int) -> None:
    """``most``: messages after which the server hangs up without having said that it would."""
    taken: list[int] = []

    def play(line: socket.socket) -> None:
        for _ in range(most):
            if not heard(line):
                return
            taken.append(line.fileno())
            line.sendall(b"HTTP/1.1 200 Taken\r\nContent-Length: 2\r\n\r\nok")

    came = 0

    def counted(line: socket.socket) -> None:
        nonlocal came
        came += 1
        play(line)

    with receiving(counted) as address, closing(Webhooks()) as webhooks:
        assert [webhooks.post(address, b"{}", {}) for _ in range(5)] == [200] * 5
    assert (len(taken), came) == (5, lines)


def test_what_one_receiver_says_keeps_the_others_from_nothing(events: Events) -> None:
    """Its words may stand in why it failed, also what no database keeps."""
    event = opened(events)

    def hook(name: str, address: str) -> Channel:
        return Channel(name=name, area=DISTRICTS[0], kind="webhook", address=address, secret="0" * 16)

    with receiving(answering(b"\0\xff\r\n\r\n")) as bad, receiving(answering(b"HTTP/1.1 200 ok\r\n\r\n")) as good:
        channels = [hook("nowhere", "http://127.0.0.1:1/"), hook("bad", bad), hook("good", good)]
        assert deliver(events, channels, NOW) == Delivered(0, 1)
    (waiting,) = outbox.messages_of(events, event)
    assert waiting.took == ["good"]
    assert waiting.error.isprintable()
    assert {"nowhere", "bad"} <= set(re.findall(r"\w+(?=: )", waiting.error))
