"""Tests, contacts, stays and isolation: what was done about the infection, as the ledgers count it."""

from __future__ import annotations

from grid.counts import COUNTS
from grid.measures.base import Asked, Goodness, Measure, plain
from grid.rates import Part, ratio


def positive_rate(asked: Asked) -> Part:
    """Positive tests in 100 tests of the day."""
    return ratio(asked.count("tests_positive"), asked.count("tests_taken"), 100)


def _number(count: str, zh: str, en: str, about: tuple[str, str], unit: tuple[str, str], bad: bool = True) -> Measure:
    higher: Goodness = "bad" if bad else "neutral"
    return Measure(
        id=count,
        family="tests",
        zh=zh,
        en=en,
        about_zh=about[0],
        about_en=about[1],
        unit_zh=unit[0],
        unit_en=unit[1],
        higher_is=higher,
        counts=(count,),
        stock=COUNTS[count].stock,
        formula=plain(count),
    )


_PEOPLE, _TESTS = ("人", "people"), ("人次", "tests")
_LASTS_ZH, _LASTS_EN = "缺日沿用最近一次，至多 7 日。", "the last report holds for up to 7 days."

MEASURES = (
    _number(
        "tests_taken", "核酸检测人次", "Tests taken",
        ("当日核酸检测人次。", "Nucleic acid tests of the day."), _TESTS, False,
    ),
    _number(
        "tests_positive", "检测阳性人次", "Positive tests",
        ("当日检出阳性的人次。", "Tests of the day that were positive."), _TESTS,
    ),
    Measure(
        id="positive_rate",
        family="tests",
        zh="检测阳性率",
        en="Positive rate",
        about_zh="当日阳性人次 ÷ 检测人次。",
        about_en="Positive tests in 100 tests of the day.",
        unit_zh="%",
        unit_en="%",
        form="share",
        digits=3,
        counts=("tests_taken", "tests_positive"),
        formula=positive_rate,
    ),
    _number(
        "isolated_central", "集中隔离人数", "People in central isolation",
        (f"当日在集中隔离点的人数；{_LASTS_ZH}", f"People in central isolation that day; {_LASTS_EN}"), _PEOPLE,
    ),
    _number(
        "isolated_home", "居家隔离人数", "People in home isolation",
        (f"当日居家隔离的人数；{_LASTS_ZH}", f"People isolated at home that day; {_LASTS_EN}"), _PEOPLE,
    ),
    _number(
        "contacts_close", "新增密接", "New close contacts",
        ("按接触之日计的密切接触者。", "Close contacts by the day of the contact."), _PEOPLE,
    ),
    _number(
        "contacts_secondary", "新增次密接", "New secondary contacts",
        ("按接触之日计的次密切接触者。", "Secondary contacts by the day of the contact."), _PEOPLE,
    ),
    _number(
        "stays", "停留人次", "Stays",
        ("当日停留台账所记的人次。", "People-days that the ledgers of stays tell."), ("人次", "people-days"), False,
    ),
)  # fmt: skip
