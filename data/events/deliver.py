"""Sends what stands in the outbox: at least once, with a number by which the receiver folds what comes twice.

Messages are claimed for a while, sent outside of any transaction, and what became of them is written down; whoever is
killed in between leaves claims that run out, and the next one sends again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import smtplib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from sqlalchemy import ColumnElement, bindparam, false, or_, select, update

from data.events import tables
from data.events.book import Events
from data.events.channels import Channel, ways
from data.events.outbox import Message
from data.events.webhook import FAILURES, SECONDS, Webhooks
from data.terms import CHANGES_OF_EVENTS, EVENTS

#: Messages that one pass claims at once.
BATCH = 50

#: How long a claim holds: longer than a batch takes whose receivers are all slow, as after the first failure a channel
#: is left alone for the rest of the pass.
LEASE = dt.timedelta(minutes=10)

#: Until a message is tried again, by how often it failed; then always the last.
BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60))

#: How long a message is news: an area that could not be told for so long has seen it on its board, or somebody above
#: has, and whoever sets up a channel is not told the past.
NEWS = dt.timedelta(days=2)

#: Letters of why it failed that are kept.
MOST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server of the house, and who the mails are from."""

    host: str = "127.0.0.1"
    port: int = 25
    sender: str = "onescreen@localhost"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a pass did: messages that all their channels took, and those that some did not."""

    sent: int
    failed: int


def deliver(events: Events, channels: Sequence[Channel], now: dt.datetime, relay: Relay | None = None) -> Delivered:
    """Sends what is due at ``now``. What failed is tried again later, with longer and longer pauses, until it is no
    news any more; a message to an area that has no channel waits on the area's board alone. StoreError."""
    sent = failed = 0
    with _Post(relay or Relay(), now) as post:
        while claimed := _claim(events, channels, now):
            results = [post.send(message, ways(channels, message.area, message.klass)) for message in claimed]
            _write_down(events, results, now)
            sent += sum(not one.error for one in results)
            failed += sum(bool(one.error) for one in results)
    return Delivered(sent, failed)


def _claim(events: Events, channels: Sequence[Channel], now: dt.datetime) -> list[Message]:
    """What is due and has a way; nobody else sends it for a while."""
    table = tables.message
    news = (table.c.sent.is_(None), table.c.next.between(now - NEWS, now), table.c.made >= now - NEWS)
    query = select(table).where(*news, or_(false(), *_ways(channels))).order_by(table.c.next, table.c.id).limit(BATCH)
    if not channels or not events._all(query.limit(1)):
        return []
    with events.writing() as connection:
        found = [Message(**row._mapping) for row in connection.execute(query)]
        claimed = update(table).where(table.c.id.in_([one.id for one in found])).values(next=now + LEASE)
        connection.execute(claimed)
    return found


def _ways(channels: Sequence[Channel]) -> Iterator[ColumnElement[bool]]:
    """Whether a message has a way at all, as a condition."""
    area = tables.message.c.area
    for one in channels:
        mine = area.startswith(one.area, autoescape=True) if one.below else area == one.area
        yield mine & tables.message.c.body["class"].as_string().in_(one.classes) if one.classes else mine


@dataclass(frozen=True, slots=True)
class _Result:
    """What became of a message: the channels that have it by now, and why another has not."""

    message: Message
    took: list[str]
    error: str


def _write_down(events: Events, results: Sequence[_Result], now: dt.datetime) -> None:
    table = tables.message
    statement = update(table).where(table.c.id == bindparam("this")).values(
        {name: bindparam(name) for name in ("took", "sent", "next", "tries", "error")}
    )  # fmt: skip
    with events.writing() as connection:
        connection.execute(statement, [_row(one, now) for one in results])


def _row(one: _Result, now: dt.datetime) -> dict[str, Any]:
    tries = one.message.tries + bool(one.error)
    pause = BACK_OFF[min(tries, len(BACK_OFF)) - 1] if one.error else dt.timedelta()
    return {
        "this": one.message.id, "took": one.took, "sent": None if one.error else now, "next": now + pause,
        "tries": tries, "error": one.error[:MOST_ERROR],
    }  # fmt: skip


@dataclass
class _Post:
    """The connections of one pass. ``dead``: channels that failed in it, and why."""

    relay: Relay
    now: dt.datetime
    dead: dict[str, str] = field(default_factory=dict)
    webhooks: Webhooks = field(default_factory=Webhooks)
    smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.webhooks.close()
        if self.smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.smtp.quit()
        self._hang_up()

    def _hang_up(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
            self.smtp = None

    def send(self, message: Message, channels: Sequence[Channel]) -> _Result:
        took: list[str] = list(message.took)
        errors = [] if channels else ["-"]  # its channel is gone since it was claimed
        for channel in channels:
            if channel.name in took:
                continue
            error = self.dead.get(channel.name) or self._try(message, channel)
            if error:
                self.dead[channel.name] = error
                errors.append(f"{channel.name}: {error}")
            else:
                took.append(channel.name)
        return _Result(message, took, "; ".join(errors))

    def _try(self, message: Message, channel: Channel) -> str:
        """Why it was not taken; "" where it was."""
        try:
            if channel.kind == "webhook":
                return self._call(message.body, message.id, channel)
            self._mail(letter(message, channel.address, self.relay.sender))
        except (*FAILURES, smtplib.SMTPException) as error:
            self._hang_up()
            return repr(error)  # what a receiver sent may stand in it, also what no database keeps
        return ""

    def _call(self, told: Mapping[str, Any], number: str, channel: Channel) -> str:
        body = json.dumps(told, ensure_ascii=False).encode()
        moment = str(int(self.now.replace(tzinfo=dt.UTC).timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8", "X-OneScreen-Message": number,
            "X-OneScreen-Time": moment, "X-OneScreen-Signature": signature(channel.secret, moment, body),
        }  # fmt: skip
        status = self.webhooks.post(channel.address, body, headers)
        return "" if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES else f"HTTP {status}"

    def _mail(self, mail: EmailMessage) -> None:
        if self.smtp is None:
            self.smtp = smtplib.SMTP(self.relay.host, self.relay.port, timeout=SECONDS)
        self.smtp.send_message(mail)


def signature(secret: str, moment: str, body: bytes) -> str:
    """What stands in X-OneScreen-Signature: HMAC-SHA-256 (RFC 2104) under the channel's secret of the moment in
    X-OneScreen-Time, a full stop and the body. A receiver refuses moments that are minutes old."""
    return "sha256=" + hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def letter(message: Message, to: str, sender: str) -> EmailMessage:
    """A message as a mail: nothing in it about a person."""
    term, what, body = EVENTS[message.klass], CHANGES_OF_EVENTS[message.what], message.body
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = sender, to, f"<{message.id}@onescreen>"
    mail["Subject"] = f"[{message.event}] {term.zh}·{what.zh} / {term.en}: {what.en.lower()}"
    mail["Date"] = message.made.replace(tzinfo=dt.UTC)
    mail.set_content(
        f"事件 {message.event}：{term.zh}，{what.zh}。区域 {body['area']}，责任单位 {body['owner']}。\n"
        f"签收期限 {body['accept_by']}，到场期限 {body['act_by']}，办结期限 {body['close_by']}（UTC）。"
        "请登录平台处置。\n\n"
        f"Event {message.event}: {term.en}, {what.en.lower()}. Area {body['area']}, owner {body['owner']}.\n"
        f"Accept by {body['accept_by']}, act by {body['act_by']}, close by {body['close_by']} (UTC)."
        " Sign in to act on it.\n"
    )
    return mail


def check_channel(channel: Channel, now: dt.datetime, relay: Relay | None = None) -> str:
    """Sends a trial by one channel; why it was not taken, "" where it was."""
    told = dict.fromkeys(("to", "area", "owner"), channel.area)
    body = {"message": "0.0.trial", "event": 0, "class": "risk_signal", "what": "commented", **told, "trial": True}
    body |= dict.fromkeys(("accept_by", "act_by", "close_by"), now.isoformat())
    trial = Message("0.0.trial", 0, channel.area, "commented", now, body, [], None, None, now, 0, "")
    with _Post(relay or Relay(), now) as post:
        return post.send(trial, [channel]).error
