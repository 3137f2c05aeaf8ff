"""A browser's half of HTTP, as small as it can be: 300 of them share two cores with the server that they measure."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

#: An answer that takes longer than this is a failure, seconds.
PATIENCE = 30.0

#: (kind of request, status, milliseconds, moment): called for each answer.
Seen = Callable[[str, int, float, float], None]


@dataclass
class Reply:
    """One answer: status, headers (lower case), body as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> bytes:
        """The body, unpacked."""
        kind = self.headers.get("content-encoding")
        return gzip.decompress(self.body) if kind == "gzip" else self.body

    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.text)


@dataclass
class Browser:
    """Cookies, a cache of what never changes, and one connection that is kept open."""

    port: int
    seen: Seen
    cookies: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, kind: str, **headers: str) -> Reply | None:
        """The answer, or None where the browser has it already."""
        if path in self.kept:
            return None
        reply = await self.ask("GET", path, kind, headers=headers)
        if "immutable" in reply.headers.get("cache-control", ""):
            self.kept.add(path)
        return reply

    async def ask(
        self, method: str, path: str, kind: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One question. OSError where the server does not answer within PATIENCE."""
        said = {"Host": f"127.0.0.1:{self.port}", "Accept-Encoding": "gzip", **(headers or {})}
        if self.cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            said["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        message = f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
        start = time.perf_counter()
        try:
            reply = await asyncio.wait_for(self._exchange(message), PATIENCE)
        except (OSError, EOFError, TimeoutError):
            self.close()
            self.seen(kind, 0, 1000 * (time.perf_counter() - start), time.time())
            raise
        self.seen(kind, reply.status, 1000 * (time.perf_counter() - start), time.time())
        return reply

    async def _exchange(self, message: bytes) -> Reply:
        fresh = self._streams is None
        try:
            return await self._once(message)
        except (ConnectionError, asyncio.IncompleteReadError):
            if fresh:  # a kept connection may have been closed by the server meanwhile: asked once more, as browsers do
                raise
            self.close()
            return await self._once(message)

    async def _once(self, message: bytes) -> Reply:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        reader, writer = self._streams
        writer.write(message)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                self._cookie(value)
            elif name:
                headers[name.lower()] = value.strip()
        body = await _body(reader, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Reply(int(head[0].split(" ", 2)[1]), headers, body)

    def _cookie(self, value: str) -> None:
        name, _, text = value.split(";", 1)[0].strip().partition("=")
        if text:
            self.cookies[name] = text
        else:
            self.cookies.pop(name, None)

    def close(self) -> None:
        """Gives the connection back."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readline()
    return b"".join(parts)


__all__ = ["Browser", "Reply"]
