"""Certificates of what was destroyed on purpose: what, of which days, how much, its fingerprints, when and by whom.

A certificate lies in the book and, once all of it is done, as a file in the home's ``certificates``. It closes with its
own SHA-256 and a signature under the installation's key, so that neither can be made up without it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from data.access.audit import Log
from data.access.tables import certificate
from data.files import write_text

FOLDER = "certificates"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One purge. ``plan``: what it destroys; ``through``, ``head``: the last line of the log that it took out;
    ``done`` (UTC) and ``said``: None until all of it is gone."""

    id: int
    at: dt.datetime
    who: str
    plan: Mapping[str, Any]
    through: int
    head: str
    done: dt.datetime | None
    said: Mapping[str, Any] | None


def certificates(log: Log) -> list[Certificate]:
    """All of them, oldest first."""
    return [_read(row) for row in log.access._all(select(certificate).order_by(certificate.c.id))]


def unfinished(log: Log) -> Certificate | None:
    """The one that was begun and whose end nobody wrote down."""
    return next((one for one in certificates(log) if one.done is None), None)


def _read(row: Row[Any]) -> Certificate:
    return Certificate(**row._mapping)


def signed(body: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """A certificate with its own SHA-256 and its signature."""
    said = {**body, "sha256": digest_of(body)}
    return {**said, "signature": _signature(said, secret)}


def genuine(said: Mapping[str, Any], secret: str) -> bool:
    """Whether a certificate is as it was written, by this installation."""
    body = {name: value for name, value in said.items() if name not in ("sha256", "signature")}
    whole = {**body, "sha256": digest_of(body)}
    return said.get("sha256") == whole["sha256"] and hmac.compare_digest(
        str(said.get("signature", "")), _signature(whole, secret)
    )


def digest_of(body: Mapping[str, Any]) -> str:
    """SHA-256 of what is said, in one way of writing it."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _signature(said: Mapping[str, Any], secret: str) -> str:
    key = blake2b(secret.encode(), digest_size=32, person=b"certificate").digest()
    return blake2b(json.dumps(said, ensure_ascii=False, sort_keys=True).encode(), key=key, digest_size=32).hexdigest()


def keep_file(home: Path, one: Certificate) -> Path:
    """Writes the file of a certificate that is done, unless it is there."""
    path = home / FOLDER / f"{one.id:04}-{one.at:%Y%m%d}.json"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        write_text(path, json.dumps(one.said, ensure_ascii=False, indent=1) + "\n", 0o600)
    return path
