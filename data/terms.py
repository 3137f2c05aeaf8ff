"""The closed vocabularies: what each word is called, drawn as and sorted by.

One record a term, read by selectors, legends, headings, rejects and reports alike.
Colours are hexadecimal sRGB; ``glyph`` tells the term apart where colour cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.errors import Lang


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a closed vocabulary. ``also`` are spellings that senders use for it."""

    id: str
    zh: str
    en: str
    colour: str = ""
    glyph: str = ""
    also: tuple[str, ...] = ()

    def name(self, lang: Lang) -> str:
        """The word in the reader's language."""
        return self.zh if lang == "zh" else self.en


Vocabulary = Mapping[str, Term]


def _vocabulary(*terms: Term) -> Vocabulary:
    return {term.id: term for term in terms}


def spelling(vocabulary: Vocabulary) -> dict[str, str]:
    """Every accepted spelling (id, zh, en, also; lower case) -> term id."""
    return {word.lower(): term.id for term in vocabulary.values() for word in (term.id, term.zh, term.en, *term.also)}


#: Levels of the area tree, from the root down. A city uses the ones it has.
LEVELS = _vocabulary(
    Term("city", "全市", "City"),
    Term("district", "区县", "District", also=("county", "area", "区", "县")),
    Term("street", "街道/乡镇", "Street", also=("town", "township", "街道", "乡镇", "镇")),
    Term("responsibility_grid", "责任网格", "Responsibility grid"),
    Term("community", "居村", "Community", also=("village", "neighbourhood", "社区", "居委会", "村")),
    Term("cell", "单元网格", "Cell"),
)

#: The four states of a number. They are never drawn or written alike.
STATES = _vocabulary(
    Term("value", "数值", "value"),
    Term("zero", "零", "zero"),
    Term("suppressed", "隐去小数", "suppressed"),
    Term("missing", "未报", "missing"),
)

#: Zones by strictness, strictest first. 防范 is the rest of the district, hence derived.
ZONES = _vocabulary(
    Term("lockdown", "封控区", "Lockdown", "#8c4a86", "■", ("封控", "封闭", "seal")),
    Term("control", "管控区", "Control", "#c08a3e", "▲", ("管控",)),
    Term("precaution", "防范区", "Precaution", "#5f87a8", "●", ("防范",)),
)

RISKS = _vocabulary(
    Term("high", "高风险区", "High risk", "#b8433a", "▲", ("高", "高风险")),
    Term("middle", "中风险区", "Medium risk", "#d99a3d", "◆", ("中", "中风险", "medium", "mid")),
    Term("low", "低风险区", "Low risk", "#5f9ea0", "●", ("低", "低风险")),
)

#: Health-code colours keep their cultural colour; the glyph carries them for everyone else.
CODES = _vocabulary(
    Term("green", "绿码", "Green", "#3f9b6d", "●", ("绿", "绿色")),
    Term("yellow", "黄码", "Yellow", "#d9a93a", "▲", ("黄", "黄色")),
    Term("red", "红码", "Red", "#c2453d", "■", ("红", "红色")),
)

FINDINGS = _vocabulary(
    Term("case", "确诊病例", "Case", also=("确诊", "confirmed", "confirm", "cases")),
    Term("asymptomatic", "无症状感染者", "Asymptomatic", also=("无症状", "wzz")),
    Term("reclassified", "无症状转确诊", "Re-classified", also=("转归", "转确诊", "zhuangui")),
)
