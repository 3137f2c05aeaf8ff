"""Which installed fonts a report is set in: the ones that GB/T 9704 names where they are, else their like.

Fonts are looked up by name among those that the operating system lists (Linux, Windows and macOS alike), never
fetched and never shipped. Word names its fonts and lets the reader's machine choose; PDF and pictures embed
these. A machine without any Chinese font is told which package brings one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import typst

from data.errors import FontsMissing

#: Faces of running text, from the prescribed one to what every system has.
_SERIF = (
    "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", "Songti SC", "STSong",
    "SimSun", "NSimSun", "AR PL UMing CN",
)  # fmt: skip
_SANS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "SimHei", "STHeiti", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
)  # fmt: skip
_BODY = ("FangSong_GB2312", "FangSong", "仿宋", "STFangsong", "FZFangSong-Z02")
_TITLE = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "STZhongsong")
_KAI = ("KaiTi_GB2312", "KaiTi", "楷体", "STKaiti", "Kaiti SC", "LXGW WenKai")

#: Latin letters of English text: comes inside typst, so that it is always there.
LATIN = "Libertinus Serif"


@dataclass(frozen=True)
class Faces:
    """Family names: ``body`` 仿宋, ``title`` 小标宋, ``black`` 黑体 (headings, tables, pictures), ``kai`` 楷体."""

    body: str
    title: str
    black: str
    kai: str


@lru_cache(maxsize=1)
def library() -> typst.Fonts:
    """Every font that the machine has, read once (0.2 s)."""
    return typst.Fonts()


@lru_cache(maxsize=1)
def faces() -> Faces:
    """The families to set in. FontsMissing where no Chinese font is installed."""
    return choose(library().families())


def choose(families: Collection[str]) -> Faces:
    """The best of these families for each face; one Chinese font of any kind does for all. FontsMissing without."""
    known = set(families)

    def first(*names: str) -> str:
        found = next((name for name in names if name in known), None)
        if found is None:
            raise FontsMissing
        return found

    return Faces(
        body=first(*_BODY, *_SERIF, *_SANS),
        title=first(*_TITLE, *_SERIF, *_SANS),
        black=first("SimHei", "黑体", *_SANS, *_SERIF),
        kai=first(*_KAI, *_SERIF, *_SANS),
    )
