"""What the store keeps of a day whose tickets were destroyed, of a load whose file was, and of days that are not kept.

The sums of the day stay. Its notes name the certificate, with a keyed digest over what is left and over the digest of
the day as it was, which the chain still holds; so a day cannot be emptied without a certificate, nor altered after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.words import Lang

#: The name among the notes of a day, and of a load.
PURGED = "purged"

#: The name among the notes of a load whose days of long ago are no longer kept (data.retention).
PAST = "past"

#: Words that tickets alone refer to, and that may tell of persons.
TICKETS_OWN = ("operator", "evidence", "batch")


@dataclass(frozen=True, slots=True)
class Purged:
    """What of a load was destroyed under a certificate: the tickets of ``day`` (``rows`` of them), so many whole
    ``days``, or its file."""

    load: int
    file: str
    certificate: int
    rows: int
    day: date | None = None
    days: int = 0

    def say(self, lang: Lang) -> str:
        """It in a sentence of the reader's language."""
        if self.days:
            return self._past(lang)
        if lang == "zh":
            what = f"{self.day} 的 {self.rows:,} 条赋码记录" if self.day else f"原文件（{self.rows:,} 行）"
            return f"第 {self.load} 批 {self.file}：{what}已依第 {self.certificate} 号证书销毁"
        what = f"{self.rows:,} tickets of {self.day}" if self.day else f"its file ({self.rows:,} chained rows)"
        return f"load {self.load}, {self.file}: {what} destroyed under certificate {self.certificate}"

    def _past(self, lang: Lang) -> str:
        if lang == "zh":
            return f"第 {self.load} 批 {self.file}：{self.days} 天的数据已过保存期，依第 {self.certificate} 号证书清除"
        return f"load {self.load}, {self.file}: {self.days} days are no longer kept, by certificate {self.certificate}"


def named(notes: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What notes say of a purge; None where there was none."""
    found = notes.get(PURGED)
    return found if isinstance(found, Mapping) else None


def load_seal(load: int, sha256: str, certificate: int, key: bytes) -> str:
    """What proves that a load's file was destroyed under a certificate."""
    said = f"{load} {sha256} {certificate}".encode()
    return hashlib.blake2b(said, key=key, digest_size=16, person=b"purged file").hexdigest()


def past_seal(load: int, sha256: str, said: Mapping[str, Any], key: bytes) -> str:
    """What proves that days of a load went under a certificate; ``said``: certificate, days, colours (the digest of
    those that are left), held (whether the chain held over them before)."""
    about = f"{load} {sha256} {[said[name] for name in ('certificate', 'days', 'colours', 'held')]}".encode()
    return hashlib.blake2b(about, key=key, digest_size=16, person=b"past days").hexdigest()


def past_of(load: int, sha256: str, notes: Mapping[str, Any], key: bytes) -> Mapping[str, Any] | None:
    """What the notes of a load say of days that are no longer kept, if it is proven; None where nothing is."""
    found = notes.get(PAST)
    try:
        return found if found and found["digest"] == past_seal(load, sha256, found, key) and found["held"] else None
    except (KeyError, TypeError):
        return None
