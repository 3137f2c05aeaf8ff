"""Where the chain does not hold, or cannot be tested any more, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data.words import Lang

SAID: dict[str, tuple[str, str]] = {
    "altered": ("第 {row} 行被改动", "row {row} was altered"),
    "missing": ("第 {row} 行不见了，或被改成绿码", "row {row} is missing, or was turned green"),
    "added": ("第 {row} 行是后加的，或由绿码改成", "row {row} was added, or was green"),
    "swapped": ("第 {row} 行与下一行对调了", "row {row} and the next one were swapped"),
    "moved": ("第 {row} 行之前有行被增删", "rows before row {row} were added or removed"),
    "file": ("台账行未变，其余内容被改动", "chained rows hold, but other parts of the file were altered"),
    "unreadable": ("自第 {row} 行起无法读取", "it cannot be read from row {row} on"),
    "day": ("库中 {day} 的赋码记录被改动", "what the database keeps of {day} was altered"),
    "days": ("库中赋码记录被增删", "days were added to or removed from the database"),
    "colours": ("库中各码色的人数被改动", "the numbers of people by colour in the database were altered"),
    "stray": (
        "库中 {day} 的赋码数据不属于任何链段",
        "no part of the chain closes what the database keeps of {day} here",
    ),
    "segment": (
        "链段或本批的登记（文件、指纹、知悉时间）被改动，或密钥不同",
        "its part of the chain or its entry (file, fingerprint, when known) was altered, or the secret is another one",
    ),
    "order": ("之前的链段被移除或调换", "a part of the chain before it was removed or replaced"),
    "unchained": ("链段不见了", "its part of the chain is missing"),
}


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold. ``what``: altered, missing, added, swapped, moved (``row`` of the file), file,
    unreadable, day, days, colours or stray (of the database), segment, order, unchained (the chain's own)."""

    what: str
    load: int
    source: str
    file: str
    row: int | None = None
    day: date | None = None

    def say(self, lang: Lang) -> str:
        """It in a sentence of the reader's language."""
        said = SAID[self.what][0 if lang == "zh" else 1].format(row=self.row, day=self.day)
        if lang == "zh":
            return f"第 {self.load} 批 {self.source}，{self.file}：{said}"
        return f"load {self.load}, {self.source}, {self.file}: {said}"


@dataclass(frozen=True, slots=True)
class Gone:
    """A load whose head holds and whose ``rows`` could not be read again; ``replaced``: another delivery lies where
    its file lay."""

    load: int
    file: str
    rows: int
    replaced: bool

    def say(self, lang: Lang) -> str:
        """It in a sentence of the reader's language."""
        if lang == "zh":
            why = "原处已是另一批的文件" if self.replaced else "原文件已不在"
            return f"第 {self.load} 批 {self.file}：{why}，{self.rows:,} 行无从重读"
        why = "another delivery's file lies in its place" if self.replaced else "the file is there no more"
        return f"load {self.load}, {self.file}: {why}; its {self.rows:,} rows cannot be read again"
