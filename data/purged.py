"""What the store keeps of a day whose tickets were destroyed, and of a load whose file was.

The sums of the day stay. Its notes name the certificate, with a keyed digest over what is left and over the digest of
the day as it was, which the chain still holds; so a day cannot be emptied without a certificate, nor altered after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.errors import Lang

#: The name among the notes of a day, and of a load.
PURGED = "purged"

#: Words that tickets alone refer to, and that may tell of persons.
TICKETS_OWN = ("operator", "evidence", "batch")


@dataclass(frozen=True, slots=True)
class Purged:
    """What of a load was destroyed under a certificate: the tickets of ``day`` (``rows`` of them), or its file."""

    load: int
    file: str
    certificate: int
    rows: int
    day: date | None = None

    def say(self, lang: Lang) -> str:
        """It in a sentence of the reader's language."""
        if lang == "zh":
            what = f"{self.day} 的 {self.rows:,} 条赋码记录" if self.day else f"原文件（{self.rows:,} 行）"
            return f"第 {self.load} 批 {self.file}：{what}已依第 {self.certificate} 号证书销毁"
        what = f"{self.rows:,} tickets of {self.day}" if self.day else f"its file ({self.rows:,} chained rows)"
        return f"load {self.load}, {self.file}: {what} destroyed under certificate {self.certificate}"


def named(notes: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What notes say of a purge; None where there was none."""
    found = notes.get(PURGED)
    return found if isinstance(found, Mapping) else None


def load_seal(load: int, sha256: str, certificate: int, key: bytes) -> str:
    """What proves that a load's file was destroyed under a certificate."""
    said = f"{load} {sha256} {certificate}".encode()
    return hashlib.blake2b(said, key=key, digest_size=16, person=b"purged file").hexdigest()
