"""Messages reach real receivers at least once: a web server and a mail server of this machine."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from data.events import Events, outbox, read, work
from data.events.channels import Channel
from data.events.deliver import BACK_OFF, BATCH, LEASE, NEWS, Delivered, Relay, check_channel, deliver, signature
from data.events.intake import take
from tests.happened import COMMUNITIES, DISTRICTS, NOW, UNITS, minutes, opened, report, step

SECRET = "0123456789abcdef"


@dataclass
class Receiver:
    """A web server: what came, and what it answers."""

    url: str = ""
    answer: int = 204
    came: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real one, on the loopback."""
    with _receiving(Receiver()) as found:
        yield found


@contextmanager
def _receiving(receiver: Receiver) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["X-OneScreen-Signature"] == signature(SECRET, self.headers["X-OneScreen-Time"], body)
            receiver.came.append(json.loads(body))
            receiver.headers.append(dict(self.headers))
            self.send_response(receiver.answer)
            if receiver.answer == 302:
                self.send_header("Location", receiver.url)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/events"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Postbox:
    """A mail server's inbox; refuses while ``full``."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.full = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.full:
            return "452 no room"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


class Anywhere(Controller):
    """At a port that the machine chooses; it is asked for once it is known."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, Relay]]:
    """A real mail server, on the loopback."""
    box = Postbox()
    controller = Anywhere(box, hostname="127.0.0.1", port=0, ready_timeout=60)
    controller.start()
    try:
        yield box, Relay("127.0.0.1", controller.port, "onescreen@city.example")
    finally:
        controller.stop()


def hook(receiver: Receiver, area: str = "9901", **more: Any) -> Channel:
    return Channel(**{"name": f"hook-{area}", "area": area, "kind": "webhook", "address": receiver.url,
                      "secret": SECRET} | more)  # fmt: skip


def mail(area: str = "9901", **more: Any) -> Channel:
    return Channel(**{"name": f"mail-{area}", "area": area, "kind": "mail", "address": "duty@city.example"} | more)


def test_each_change_that_concerns_an_owner_comes_by_webhook_once(events: Events, receiver: Receiver) -> None:
    event = opened(events, place="3号楼", note="独居", subject="p-secret")
    assert deliver(events, [hook(receiver)], NOW) == Delivered(1, 0)
    assert deliver(events, [hook(receiver)], NOW + minutes(1)) == Delivered(0, 0)
    step(events, event, work.accept)
    step(events, event, work.hand_over, to=DISTRICTS[0], tree=UNITS)
    deliver(events, [hook(receiver)], NOW + minutes(2))
    assert [(one["what"], one["to"], one["class"]) for one in receiver.came] == [
        ("opened", COMMUNITIES[0], "gate_hit"), ("handed_over", DISTRICTS[0], "gate_hit"),
    ]  # fmt: skip
    assert [one["X-OneScreen-Message"] for one in receiver.headers] == [one["message"] for one in receiver.came]
    assert not any(word in json.dumps(receiver.came, ensure_ascii=False) for word in ("p-secret", "独居", "3号楼"))
    assert [one.sent for one in outbox.messages_of(events, event)] == [NOW, NOW + minutes(2)]
    assert read.loops(events, since=NOW, until=NOW + minutes(1))[0].pushed == NOW


def test_what_is_not_taken_is_tried_again_with_longer_and_longer_pauses(events: Events, receiver: Receiver) -> None:
    opened(events)
    receiver.answer, moment = 503, NOW
    for n, pause in enumerate([*BACK_OFF, BACK_OFF[-1]], 1):
        assert deliver(events, [hook(receiver)], moment) == Delivered(0, 1)
        assert deliver(events, [hook(receiver)], moment + pause - minutes(0.01)) == Delivered(0, 0)
        moment += pause
        (waiting,) = outbox.messages_of(events, 1)
        assert (waiting.tries, waiting.sent, waiting.error) == (n, None, "hook-9901: HTTP 503")
    (waiting,) = outbox.undelivered(events)
    receiver.answer = 200
    assert deliver(events, [hook(receiver)], moment) == Delivered(1, 0)
    assert outbox.undelivered(events) == []
    assert {one["message"] for one in receiver.came} == {waiting.id}


@pytest.mark.parametrize("answer", [302, 400, 500])
def test_another_answer_than_yes_is_no(one_book: Events, receiver: Receiver, answer: int) -> None:
    opened(one_book)
    receiver.answer = answer
    assert deliver(one_book, [hook(receiver)], NOW) == Delivered(0, 1)
    assert len(receiver.came) == 1, "no redirect is followed"


def test_a_dead_receiver_is_asked_once_a_pass_and_holds_nobody_up(events: Events, receiver: Receiver) -> None:
    take(events, [report(str(n), subject=f"p{n}") for n in range(BATCH + 5)], UNITS, NOW)
    opened(events, key="x", subject="x", area=COMMUNITIES[-1])
    with _receiving(Receiver(answer=500)) as dead:
        channels = [hook(dead, DISTRICTS[0]), hook(receiver, DISTRICTS[1])]
        assert deliver(events, channels, NOW) == Delivered(1, BATCH + 5)
        assert (len(dead.came), len(receiver.came)) == (1, 1)


def test_nobody_listening(one_book: Events) -> None:
    opened(one_book)
    with _receiving(Receiver()) as gone:
        channel = hook(gone)
    assert deliver(one_book, [channel], NOW) == Delivered(0, 1)
    assert "Connection" in outbox.messages_of(one_book, 1)[0].error


def test_mails_by_the_relay_of_the_house(events: Events, postbox: tuple[Postbox, Relay]) -> None:
    box, relay = postbox
    opened(events, note="独居", subject="p-secret")
    opened(events, key="2", klass="arrival")
    assert deliver(events, [mail()], NOW, relay) == Delivered(2, 0)
    first = box.mails[0]
    assert (first["To"], first["From"]) == ("duty@city.example", "onescreen@city.example")
    assert first["Subject"] == "[1] 门禁命中·立案 / Gate hit: opened"
    assert first["Message-ID"] == f"<1.1.{COMMUNITIES[0]}@onescreen>"
    text = first.get_content()
    assert COMMUNITIES[0] in text
    assert "签收期限" in text
    assert "Accept by" in text
    assert not {"独居", "p-secret"} & set(text.split())
    assert parsed(first["Date"]) == NOW


def parsed(date: str) -> dt.datetime:
    return dt.datetime.strptime(str(date), "%a, %d %b %Y %H:%M:%S %z").replace(tzinfo=None)


def test_a_relay_that_refuses_is_asked_again_later(
    events: Events, postbox: tuple[Postbox, Relay], receiver: Receiver
) -> None:
    box, relay = postbox
    opened(events)
    box.full = True
    both = [mail(), hook(receiver)]
    assert deliver(events, both, NOW, relay) == Delivered(0, 1)
    (waiting,) = outbox.messages_of(events, 1)
    assert waiting.took == ["hook-9901"]
    assert "452" in waiting.error
    box.full = False
    assert deliver(events, both, NOW + BACK_OFF[0], relay) == Delivered(1, 0)
    assert (len(box.mails), len(receiver.came)) == (1, 1), "who has it is not told again"


def test_whoever_was_killed_in_between_leaves_it_to_the_next(events: Events, receiver: Receiver) -> None:
    opened(events)
    receiver.answer = 200

    class Killed(BaseException):
        """As if the process were gone."""

    def killed(*_: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data.events.deliver._write_down", killed)
        with pytest.raises(Killed):
            deliver(events, [hook(receiver)], NOW)
    assert deliver(events, [hook(receiver)], NOW + LEASE - minutes(0.01)) == Delivered(0, 0)
    assert deliver(events, [hook(receiver)], NOW + LEASE) == Delivered(1, 0)
    assert len({one["message"] for one in receiver.came}) == 1 < len(receiver.came)


def test_an_area_without_a_channel_waits_on_its_board_and_nobody_is_told_the_past(
    events: Events, receiver: Receiver
) -> None:
    opened(events)
    assert deliver(events, [], NOW) == Delivered(0, 0)
    assert deliver(events, [hook(receiver, DISTRICTS[1])], NOW) == Delivered(0, 0)
    assert deliver(events, [hook(receiver, below=False)], NOW) == Delivered(0, 0)
    assert deliver(events, [hook(receiver, classes=["fever"])], NOW) == Delivered(0, 0)
    assert deliver(events, [hook(receiver)], NOW + NEWS + minutes(1)) == Delivered(0, 0)
    assert receiver.came == []
    assert deliver(events, [hook(receiver, classes=["gate_hit"])], NOW + NEWS) == Delivered(1, 0)


def test_two_at_once_send_each_message_once(events: Events, receiver: Receiver) -> None:
    take(events, [report(str(n), subject=f"p{n}") for n in range(BATCH * 2)], UNITS, NOW)
    threads = [threading.Thread(target=deliver, args=(events, [hook(receiver)], NOW)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one["event"] for one in receiver.came) == list(range(1, BATCH * 2 + 1))


def test_a_trial(receiver: Receiver, postbox: tuple[Postbox, Relay]) -> None:
    box, relay = postbox
    assert check_channel(hook(receiver), NOW) == ""
    assert receiver.came[0]["trial"] is True
    assert check_channel(mail(), NOW, relay) == ""
    assert len(box.mails) == 1
    receiver.answer = 403
    assert check_channel(hook(receiver), NOW) == "hook-9901: HTTP 403"
