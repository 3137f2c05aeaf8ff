"""The grades of a risk score: where each begins, and what it means.

A grade is a range of the score, the same everywhere and always: it is not a rank among the areas of the day. What is
not known never makes a grade low: where the parts that are missing could lift an area to a higher grade, and those
that are known do not already make it raised, there is no grade.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data.words import Both, Lang
from grid.arrays import Floats, Rows

#: The least score of each grade, of 100.
FLOORS: Mapping[str, float] = {"severe": 65.0, "high": 45.0, "raised": 25.0, "watch": 10.0, "calm": 0.0}
#: From this grade on what is known is enough: missing parts could only make it higher.
ENOUGH = "raised"

MEANINGS: Mapping[str, Both] = {
    "severe": Both(
        "65 分及以上：本地与周边发病都高，多半仍在增长；最先增派检测、流调和隔离力量。",
        "65 and over: much infection here and around, mostly still growing; testing and tracing are wanted here first.",
    ),
    "high": Both(
        "45–65 分：持续有新增，周边也受影响；每天复核，力量就近预置。",
        "45 to 65: infections keep coming and the surroundings have them too; look every day, have means nearby.",
    ),
    "raised": Both(
        "25–45 分：有新增或紧邻发病；核对风险人员与重点场所。",
        "25 to 45: infections here or next door; check those at risk and places that many visit.",
    ),
    "watch": Both(
        "10–25 分：零星新增，或仅周边有；看趋势，不需要额外措施。",
        "10 to 25: few infections, or only around; watch which way it goes, nothing more is needed.",
    ),
    "calm": Both(
        "10 分以下：各部分都有数据，且近 7 日本地和周边没有新增或很少。",
        "Under 10: everything was reported, and the last 7 days brought nothing or little here and around.",
    ),
    "unknown": Both(
        "缺少数据，无法评定；缺数不等于低风险。",
        "Data are missing and no grade can be given; missing is not low.",
    ),
}

#: Ids in ascending order of their floor, as :func:`grade` numbers them; -1 is "unknown".
ORDER = tuple(sorted(FLOORS, key=lambda id: FLOORS[id]))


def grade(least: Floats, most: Floats) -> Rows:
    """The row of ORDER of scores between ``least`` (what is known) and ``most`` (if all that is missing were at its
    worst); -1 where that cannot be told."""
    floors = np.array([FLOORS[id] for id in ORDER])
    low, high = (np.searchsorted(floors, np.round(each, 6), side="right") - 1 for each in (least, most))
    return np.where((low == high) | (low >= ORDER.index(ENOUGH)), low, -1).astype(np.int32)


def meaning(id: str, lang: Lang) -> str:
    """What a grade means, in the reader's language."""
    return MEANINGS[id].zh if lang == "zh" else MEANINGS[id].en


def name(row: int) -> str:
    """The id of a grade's row."""
    return ORDER[row] if row >= 0 else "unknown"
