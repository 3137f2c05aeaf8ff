"""``channels.toml`` in the home: where an area wants to be told.

::

    [[channel]]
    name = "west"
    area = "310101"
    kind = "webhook"
    address = "https://duty.example/events"
    secret = "at least sixteen letters"

    [[channel]]
    name = "west-mail"
    area = "310101"
    kind = "mail"
    address = "duty@example.org"

A message goes to every channel of its area, or, where that has none, to those of the nearest area above it that has
any (``below = false``: to these only what is the area's own). Nothing is sent to any address but these.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.errors import ChannelsFileError
from data.files import NO_TOML
from data.terms import EVENTS
from data.words import Both

FILE = "channels.toml"

#: Letters of a webhook's secret: shorter ones are guessed from a signature.
LEAST_SECRET = 16


class Channel(BaseModel):
    """One way to tell an area. ``classes``: of these events alone (empty: of all); ``below``: also what is for areas
    under it that have no channel of their own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=50)]
    area: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
    kind: Literal["webhook", "mail"]
    address: Annotated[str, Field(max_length=500)]
    secret: str = ""
    classes: list[str] = Field(default_factory=list)
    below: bool = True

    @model_validator(mode="after")
    def _can_be(self) -> Channel:
        strange = set(self.classes) - EVENTS.keys()
        if strange:
            zh, en = f"没有事件类别 {'、'.join(sorted(strange))}", f"no class {', '.join(sorted(strange))}"
            raise ValueError(Both(zh, en))
        if self.kind == "mail" and not _is_mailbox(self.address):
            raise ValueError(Both("address 须为一个邮箱地址", "address is to be one mailbox"))
        if self.kind == "webhook":
            self._check_webhook()
        return self

    def _check_webhook(self) -> None:
        if not _is_web(self.address):
            raise ValueError(Both("address 须为 http(s) 地址", "address is to be one of http or https"))
        if len(self.secret) < LEAST_SECRET:
            zh = f"secret 至少{LEAST_SECRET}个字符，接收方据此核对签名"
            en = f"secret has {LEAST_SECRET} letters or more: the receiver checks by it"
            raise ValueError(Both(zh, en))

    def wants(self, area: str, klass: str) -> bool:
        """Whether what is for ``area`` may come this way."""
        mine = area == self.area or (self.below and area.startswith(self.area))
        return mine and (not self.classes or klass in self.classes)


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: list[Channel] = Field(default_factory=list)

    @model_validator(mode="after")
    def _named_once(self) -> _Document:
        names = [one.name for one in self.channel]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(Both(f"name 重复：{'、'.join(twice)}", f"two are called {', '.join(twice)}"))
        return self


def _is_web(address: str) -> bool:
    """Whether a call may go there: no password in it, a host that has a name, a port that there is."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna")
        return bool(parts.scheme in ("http", "https") and host and not parts.username and parts.port != 0)
    except ValueError:
        return False


def _is_mailbox(address: str) -> bool:
    name, at, host = address.partition("@")
    plain = address.isascii() and address.isprintable() and not set(" ,;<>\"'") & set(address)
    return bool(plain and at and name and host and "@" not in host)


def read_channels(home: Path) -> list[Channel]:
    """The channels of an installation; none where there is no file. ChannelsFileError."""
    path = home / FILE
    try:
        written = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return []
    except NO_TOML as error:
        raise ChannelsFileError(file=path.name, where="TOML", detail=error) from error
    try:
        return _Document.model_validate(written).channel
    except ValidationError as error:
        first = error.errors()[0]
        raised = first.get("ctx", {}).get("error")
        said = raised.args[0] if isinstance(raised, ValueError) and isinstance(raised.args[0], Both) else first["msg"]
        where = ".".join(str(step) for step in first["loc"]) or "channel"
        raise ChannelsFileError(file=path.name, where=where, detail=said) from error


def ways(channels: Sequence[Channel], area: str, klass: str) -> list[Channel]:
    """The channels by which what is for ``area`` goes: its own, else those of the nearest area above that has any."""
    willing = [one for one in channels if one.wants(area, klass)]
    nearest = max((len(one.area) for one in willing), default=0)
    return [one for one in willing if len(one.area) == nearest]
