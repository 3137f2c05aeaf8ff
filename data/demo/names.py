"""Names for invented places: pleasant, in Chinese and in pinyin, of nobody and of nowhere.

Made from short lists of words for water, weather, plants and building; where the lists are exhausted
a number tells namesakes apart, as housing estates do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

SOUNDS = """
澜:lan 汐:xi 鹭:lu 汀:ting 岚:lan 沐:mu 栖:qi 霁:ji 芷:zhi 蘅:heng 棠:tang 桐:tong 槿:jin
荻:di 蒹:jian 苇:wei 菱:ling 茗:ming 筠:yun 竹:zhu 松:song 枫:feng 榆:yu 梧:wu 梨:li 杏:xing
荷:he 莲:lian 菊:ju 蓼:liao 云:yun 星:xing 月:yue 晴:qing 雪:xue 雨:yu 虹:hong 霞:xia 曦:xi
晨:chen 暮:mu 望:wang 听:ting 揽:lan 临:lin 枕:zhen 依:yi 映:ying 拂:fu 踏:ta 寻:xun 问:wen
语:yu 伴:ban 倚:yi 湾:wan 屿:yu 渚:zhu 浦:pu 汊:cha 矶:ji 滩:tan 泉:quan 溪:xi 涧:jian 潭:tan
渡:du 埠:bu 桥:qiao 堤:di 岸:an 洲:zhou 岭:ling 峰:feng 坡:po 谷:gu 坞:wu 坪:ping 原:yuan
林:lin 园:yuan 圃:pu 畔:pan 庭:ting 台:tai 阁:ge 亭:ting 轩:xuan 苑:yuan 巷:xiang 里:li
坊:fang 塘:tang 川:chuan 舟:zhou 帆:fan 钟:zhong 灯:deng 笛:di 歌:ge 影:ying 潮:chao 心:xin
泽:ze 风:feng 浪:lang 鸥:ou 雁:yan 鹤:he 鲸:jing 贝:bei 珊:shan 沙:sha
"""
PINYIN = dict(pair.split(":") for pair in SOUNDS.split())

DISTRICTS = (
    "澜心", "望汐", "鹭汀", "云帆", "沐岚", "星屿", "霁湾", "栖桐",
    "蘅浦", "棠渡", "荻洲", "曦台", "筠渚", "枫汊", "月矶", "苇泽",
)  # fmt: skip
STREET_FIRST = "望听揽临枕依映拂踏寻问语伴倚沐"
STREET_SECOND = "潮澜汐鹭松枫月星云雪霞岚帆风浪鸥雁鹤鲸舟荷桐竹泉虹曦"
FIRST = "澜汐鹭汀岚沐栖霁芷蘅棠桐槿荻蒹苇菱茗筠竹松枫榆梧梨杏荷莲菊蓼云星月晴雪雨虹霞曦晨暮鸥雁鹤鲸贝珊沙"
SECOND = "湾屿渚浦汊矶滩泉溪涧潭渡埠桥堤岸洲岭峰坡谷坞坪原林园圃畔庭台阁亭轩苑巷里坊塘川舟帆钟灯笛歌影"
NUMERALS = ("", "一", "二", "三", "四", "五", "六")

#: Kind of area -> (Chinese suffix, English word).
KINDS = {
    "district": ("区", "District"),
    "subdistrict": ("街道", "Subdistrict"),
    "town": ("镇", "Town"),
    "community": ("社区", "Community"),
    "village": ("村", "Village"),
}

#: What a hurried clerk writes instead: characters of the same sound.
SLIPS = dict(zip("澜汐鹭岚潮枫荷桐曦鸥雁鹤帆浪", "蓝夕路兰朝丰和同西欧燕贺凡朗", strict=True))


@dataclass(frozen=True)
class Name:
    """A place's name in both languages."""

    zh: str
    en: str


def pinyin(characters: str) -> str:
    """One capitalised word; an apostrophe where a syllable that starts with a vowel follows."""
    sounds = [PINYIN[character] for character in characters]
    return "".join("'" + s if i and s[0] in "aeo" else s for i, s in enumerate(sounds)).capitalize()


def name(stem: str, kind: str, number: int = 0) -> Name:
    """The full name of ``stem`` as a ``kind`` of KINDS; ``number`` 0 writes none."""
    zh, en = KINDS[kind]
    words = [pinyin(stem), *([str(number)] if number else []), en]
    return Name(stem + NUMERALS[number] + zh, " ".join(words))


def stems(first: Iterable[str], second: Iterable[str], random: np.random.Generator) -> list[str]:
    """All pairs of unlike sounds, shuffled; of pairs that sound alike only one."""
    ends = list(second)
    pairs = [a + b for a in first for b in ends if PINYIN[a] != PINYIN[b]]
    mixed = [pairs[i] for i in random.permutation(len(pairs))]
    return list({pinyin(pair): pair for pair in mixed}.values())


def district_names(count: int, first: int = 0) -> list[Name]:
    """``count`` district names, from the old town outwards; ``first``: where in the list they begin."""
    return [name(DISTRICTS[(first + at) % len(DISTRICTS)], "district") for at in range(count)]


def street_names(towns: Sequence[bool], random: np.random.Generator) -> list[Name]:
    """One name a street, each used once in the city; ``towns``: which are towns, not subdistricts."""
    words = stems(STREET_FIRST, STREET_SECOND, random)
    return [name(w, "town" if town else "subdistrict") for w, town in zip(words, towns, strict=False)]


def community_names(villages: Sequence[bool], random: np.random.Generator) -> list[Name]:
    """One name a community, none used twice in the city; ``villages``: which are villages."""
    words = stems(FIRST, SECOND, random)
    rounds = -(-len(villages) // len(words))
    numbered = [(word, turn) for turn in range(rounds) for word in words]
    return [
        name(word, "village" if village else "community", turn)
        for (word, turn), village in zip(numbered, villages, strict=False)
    ]


def misspelt(zh: str) -> str | None:
    """``zh`` with a character of the same sound, or None if no slip is likely."""
    for right, wrong in SLIPS.items():
        if right in zh:
            return zh.replace(right, wrong, 1)
    return None
