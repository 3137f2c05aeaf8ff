"""Columns of personal data, known by their headings and by the look of their values.

A heading is told by whole words (``name`` alone is a person's, ``area_name`` is not). Values are told by
structure: resident identity numbers carry a birthday and a check character (GB 11643-1999), mobile numbers
a prefix. Nothing of a refused file is kept, so a value never stands in a message.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from data.errors import PersonalData
from data.formats.base import Texts
from data.sources.base import NAMES_OF_PLACES, PSEUDONYMS, plain_heading
from data.sources.parse import h3_of, plain
from data.words import Both

#: Cells of a column that are looked at, evenly spread: a column of identity numbers shows in the first
#: hundred; five thousand find the free text that holds one in a hundred.
SAMPLE = 5_000

#: Fields whose numbers may look like persons': grids have 15 digits, as older identity numbers have
#: (district 6, street 3, community 3, grid 3), or 11 and begin with the 13 of Hebei, as telephones do.
_NUMBERED_PLACES = frozenset({"cell", "code", "area"})


@dataclass(frozen=True)
class _Sign:
    """Values that betray persons: refused where more than ``share`` of the sampled distinct values bear it.

    ``never``: not in columns mapped to one of these fields; ``only``: nowhere but in columns mapped to these. Of fewer
    than ``least`` distinct values all must bear it: one or two may do so by accident.
    """

    what: Both
    bears: Callable[[str], bool]
    share: float
    never: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    least: int = 0

    def shows(self, among: Sequence[str], distinct: int) -> bool:
        """Whether enough of the ``distinct`` values bear it; ``among`` are those that may."""
        found = sum(map(self.bears, among))
        return found > self.share * distinct and (distinct >= self.least or found == distinct)


def guard(
    file: str, columns: Mapping[str, Texts], fields: Mapping[str, Collection[str]], allow: Collection[str]
) -> None:
    """Refuses personal columns, mapped or not.

    ``columns``: heading -> cells (str or None); ``fields``: heading -> ids of the fields mapped to it;
    ``allow``: headings that the city file lets pass. Raises PersonalData for the first one.
    """
    allowed = {plain_heading(heading) for heading in allow}
    for heading, cells in columns.items():
        if plain_heading(heading) in allowed:
            continue
        mapped = frozenset(fields.get(heading, ()))
        what = heading_says(heading, mapped) or values_say(sample(cells), mapped)
        if what is not None:
            raise PersonalData(file=file, column=heading, what=what)


# --- headings ---

_NAME, _IDENTITY = Both("姓名", "names of persons"), Both("证件号码", "identity numbers")
_PHONE, _CONTACT = Both("电话号码", "telephone numbers"), Both("联系方式", "contact details")
_BIRTH, _HOME = Both("出生日期", "birthdays"), Both("住址", "home addresses")

#: Chinese has no word breaks: these syllables mean a person's data wherever they stand in a heading.
_SYLLABLES: tuple[tuple[str, Both], ...] = (
    ("姓名", _NAME), ("监护人", _NAME), ("户主", _NAME), ("联系人", _NAME),
    ("身份证", _IDENTITY), ("证件", _IDENTITY), ("护照", _IDENTITY), ("社保卡", _IDENTITY), ("医保卡", _IDENTITY),
    ("公民身份", _IDENTITY), ("车牌", _IDENTITY), ("银行卡", _IDENTITY),
    ("手机", _PHONE), ("电话", _PHONE), ("微信", _CONTACT), ("邮箱", _CONTACT), ("电子邮件", _CONTACT),
    ("联系方式", _CONTACT),
    ("出生日期", _BIRTH), ("出生年月", _BIRTH), ("生日", _BIRTH),
)  # fmt: skip

#: Chinese headings that are personal only as a whole: 名字 also stands in 街道名字.
_WHOLE = {"名字": _NAME, "qq": _CONTACT, "qq号": _CONTACT}

#: Words for homes; a column of them may still be mapped to a place field.
_HOMES = ("住址", "家庭地址", "门牌", "home address", "home_address", "homeaddress")

#: A heading that ends so counts people or things; 手机信令数 holds no telephone number.
_COUNTS = ("数", "数量", "率", "占比", "人次")

#: English: any of these among a heading's words, or the run of two of them.
_WORDS: Mapping[str, Both] = {
    **dict.fromkeys(("surname", "forename", "fullname", "firstname", "lastname", "realname", "xingming"), _NAME),
    **dict.fromkeys(("passport", "idcard", "idnumber", "idno", "ssn", "sfzh", "sfz", "shenfenzheng"), _IDENTITY),
    **dict.fromkeys(("phone", "telephone", "tel", "mobile", "cellphone", "phonenumber", "shouji", "dianhua"), _PHONE),
    **dict.fromkeys(("email", "mail", "wechat", "weixin"), _CONTACT),
    **dict.fromkeys(("birthday", "birthdate", "dob", "dateofbirth"), _BIRTH),
}
_PAIRS: Mapping[tuple[str, str], Both] = {
    ("id", "card"): _IDENTITY, ("id", "number"): _IDENTITY, ("id", "no"): _IDENTITY, ("identity", "card"): _IDENTITY,
    ("identity", "number"): _IDENTITY, ("national", "id"): _IDENTITY, ("resident", "id"): _IDENTITY,
    ("cell", "phone"): _PHONE, ("contact", "number"): _PHONE, ("e", "mail"): _CONTACT, ("we", "chat"): _CONTACT,
    ("birth", "date"): _BIRTH, ("of", "birth"): _BIRTH,
}  # fmt: skip

#: ``name`` is a person's where all other words of its heading are among these.
_PERSONS = frozenset(
    [
        "name",
        "full",
        "first",
        "last",
        "family",
        "given",
        "middle",
        "real",
        "legal",
        "person",
        "persons",
        "patient",
        "case",
        "contact",
        "resident",
        "user",
        "citizen",
        "owner",
        "guardian",
        "holder",
        "chinese",
        "english",
        "your",
        "my",
    ]
)
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def heading_says(heading: str, mapped: Collection[str] = ()) -> Both | None:
    """What personal data ``heading`` announces, None if none. ``mapped``: fields that it is mapped to."""
    said = plain_heading(heading)
    if said.endswith(_COUNTS):
        return None
    place = bool(NAMES_OF_PLACES.intersection(mapped))
    found = _WHOLE.get(said) or next((what for syllables, what in _SYLLABLES if syllables in said), None)
    return found or _english(plain(heading), place=place) or (None if place else _home(said))


def _home(said: str) -> Both | None:
    return _HOME if any(word in said for word in _HOMES) else None


def _english(heading: str, *, place: bool) -> Both | None:
    words = [word.lower() for word in _TOKEN.findall(heading)]
    if words[-1:] in (["count"], ["counts"], ["total"]):
        return None
    found = [_WORDS[word] for word in words if word in _WORDS]
    found += [_PAIRS[pair] for pair in pairwise(words) if pair in _PAIRS]
    if not place and "name" in words and _PERSONS.issuperset(words):
        found.append(_NAME)
    return next(iter(found), None)


# --- values ---

#: Province codes of GB/T 2260 that identity numbers begin with.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

# Not inside a longer number or word, nor after a decimal point.
_ALONE = r"(?<![0-9A-Za-z_.]){}(?![0-9A-Za-z_]|\.[0-9])"
_RESIDENT = re.compile(_ALONE.format(r"([1-9][0-9]{16}[0-9Xx])"))
_OLD_RESIDENT = re.compile(_ALONE.format(r"([1-9][0-9]{14})"))
_MOBILE = re.compile(_ALONE.format(r"(?:(?:\+|00)?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})"))


def has_resident_id(text: str) -> bool:
    """Whether ``text`` holds an 18-character resident identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return any(is_resident_id(found) for found in _RESIDENT.findall(text))


def is_resident_id(number: str) -> bool:
    """Whether province, birthday and check character of an 18-character number all hold; an H3 index is none."""
    if number[:2] not in _PROVINCES or not _is_birthday(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[17].upper() and h3_of(number) is None


def has_old_resident_id(text: str) -> bool:
    """Whether ``text`` holds a 15-digit identity number of before 1999: province and a birthday of 19YY."""
    return any(n[:2] in _PROVINCES and _is_birthday(f"19{n[6:12]}") for n in _OLD_RESIDENT.findall(text))


def has_mobile(text: str) -> bool:
    """Whether ``text`` holds a mainland mobile number, with or without +86, blanks or hyphens."""
    return _MOBILE.search(text) is not None


#: A Chinese name is two to four characters, with a dot up to a dozen; a Latin one two words or more.
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}(?:[·・][\u3400-\u9fff]{1,8})+")
_LATIN_NAME = re.compile(r"[A-Za-z]{2,}\.?(?: [A-Za-z]{2,}\.?)+")


def is_name(text: str) -> bool:
    """Whether ``text`` as a whole reads like a person's name; a pseudonym has digits, or is one word."""
    return bool(_HAN_NAME.fullmatch(text) or _LATIN_NAME.fullmatch(text))


#: The surnames of five in six people, without those that ordinary words of such columns begin with (常住, 方舱, 安保).
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范"
    "廖韦贾夏付邹熊孟秦邱侯阎薛尹段雷黎龙陶贺顾毛郝龚邵钱严覃武戴莫孔汤赖倪柯庞颜樊殷耿焦芦翟"
)
_COMPOUND = "欧阳|上官|司马|诸葛|司徒|皇甫|尉迟|公孙|慕容|令狐|夏侯|东方|端木"

#: Characters with which words for groups, places and batches end, and hardly a name.
_WORD_ENDS = "人员者户客班组队批次期区市县镇乡村街路巷弄里校厂店站场铁所院部局办委码类险舱号"

_PERSON = re.compile(rf"(?:{_COMPOUND}|[{_SURNAMES}])[\u3400-\u9fff]{{1,2}}(?<![{_WORD_ENDS}])")


def begins_as_name(text: str) -> bool:
    """Whether ``text`` as a whole is a common Chinese surname with one or two characters after it."""
    return _PERSON.fullmatch(text) is not None


def _is_birthday(digits: str) -> bool:
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return dt.date(1880, 1, 1) <= day <= dt.datetime.now(dt.UTC).date()


_SIGNS = (
    # a random 18-digit number passes once in 100,000: one in a thousand is no accident
    _Sign(_IDENTITY, has_resident_id, 0.001),
    # a random 15-digit number passes once in 70 and a grid's once in 20, a column of identity numbers always
    _Sign(_IDENTITY, has_old_resident_id, 0.5, never=_NUMBERED_PLACES),
    # free text that names one telephone in a hundred rows
    _Sign(_PHONE, has_mobile, 0.01, never=_NUMBERED_PLACES),
    # in a column of pseudonyms no name is an accident
    _Sign(_NAME, is_name, 0, only=PSEUDONYMS),
    # words of a ledger that are kept and shown: some are as short as names, most are not
    _Sign(_NAME, begins_as_name, 0.5, only=frozenset({"evidence", "batch", "group"}), least=20),
)


def values_say(texts: Iterable[str], mapped: Collection[str] = ()) -> Both | None:
    """What personal data distinct values hold, None if none. Shapes are all numbers, and never looked at."""
    if "geometry" in mapped:
        return None
    values = [plain(text) for text in texts]
    # most columns hold no run of eleven digits: one look tells
    suspects = [value for value in values if _LONG.search(value)]
    for sign in _SIGNS:
        among = values if sign.only.intersection(mapped) else () if sign.only else suspects
        if not sign.never.intersection(mapped) and sign.shows(among, len(values)):
            return sign.what
    return None


_LONG = re.compile(r"[0-9](?:[ -]?[0-9]){10}")


def sample(cells: Texts) -> list[str]:
    """At most SAMPLE distinct texts of a column, evenly spread over its lines."""
    spread = cells if len(cells) <= SAMPLE else cells[np.linspace(0, len(cells) - 1, SAMPLE).astype(np.int64)]
    return list({cell for cell in spread.tolist() if cell is not None})
