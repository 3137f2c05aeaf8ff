"""What the name of a field asks for: its wording and units taken off, its words brought to one spelling.

``（必填）联系人手机号码：`` asks for the telephone of a contact, ``您的联系电话`` for one's own. The two must not be
taken for the same, nor 入境日期 for 离境日期; ``手机`` and ``本人联系方式`` must.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from data.burden.synonyms import AFTER, BEFORE, FURNITURE, NOTES, ROLE_OF, THING_OF, TURN_OF, WHENS

_BRACKETS = re.compile(r"[(\[【〔{<]([^()\[\]【】〔〕{}<>]*)[)\]】〕}>]")
_DAYS = re.compile(r"(\d+)[天日](?:以内|之内|内)?")
_BLANKS = re.compile(r"[\s_\-—·.,;:!?，。；：！？、“”\"'*#~|]+")
_SPACES = re.compile(r"\s+")
#: The number before a field; a circled one is a plain digit in its compatibility form, and goes before.
_CIRCLED = re.compile(r"^[\s*]*[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3251-\u325f]")
_NUMBERED = re.compile(r"^\*?(?:\d+[.、)]|[(]\d+[)])")

#: Words that are looked for inside a name, longest first: one of a kind may hold one of another.
_KNOWN: Mapping[str, tuple[str, str]] = {
    **{word.replace("的", ""): ("thing", made) for word, made in THING_OF.items()},
    **{word: ("turn", made) for word, made in TURN_OF.items()},
    **{word: ("role", made) for word, made in ROLE_OF.items()},
    **dict.fromkeys(WHENS, ("when", WHENS[0])),
}
_LONGEST = max(map(len, _KNOWN))

#: What is asked for where a form names a person and nothing more.
PERSON = "姓名"


@dataclass(frozen=True, order=True)
class Meaning:
    """What a field asks for. ``role``: whose it is ("": of whomever the form is about); ``turns``: which way, when;
    ``core``: the rest in its one spelling. ``furniture``: nothing of anybody, as a number or a remark."""

    role: str
    turns: tuple[str, ...]
    core: str
    furniture: bool = False

    @property
    def text(self) -> str:
        """In words, to show and to compare."""
        return f"{self.role}{''.join(self.turns)}{self.core}"


@lru_cache(20_000)
def meaning(name: str) -> Meaning:
    """What the field ``name`` asks for."""
    plain = stripped(name)
    if plain in FURNITURE:
        return Meaning("", (), plain, furniture=True)
    found = list(_words(plain))
    roles = tuple(word for kind, word in found if kind == "role")
    turns = tuple(sorted({word for kind, word in found if kind == "turn"}))
    core = "".join(word for kind, word in found if kind not in ("role", "turn"))
    return Meaning("".join(roles), turns, core or (PERSON if roles else plain))


def stripped(name: str) -> str:
    """``name`` in its compatibility form, lower case, without numbering, blanks, hints, units and wording around it."""
    plain = unicodedata.normalize("NFKC", _CIRCLED.sub("", name)).lower()
    plain = _NUMBERED.sub("", _SPACES.sub("", plain))
    plain = _BRACKETS.sub(lambda found: "" if _says_nothing(found[1]) else found[1], plain)
    before, _, after = plain.partition("/")
    plain = _BLANKS.sub("", before if after and _says_nothing(after) else plain)
    return _unwrapped(_DAYS.sub(r"\1天", plain.replace("/", "").replace("的", "")))


def _says_nothing(note: str) -> bool:
    """Whether what stands in brackets is a unit, a way to write or a hint."""
    plain = _BLANKS.sub("", note)
    return not plain or plain[0].isdigit() or plain.startswith(NOTES)


def _unwrapped(plain: str) -> str:
    """Without wording before and after, as long as something is left that is no wording itself."""
    while plain not in _KNOWN and plain not in FURNITURE:
        cut = next((plain.removeprefix(w) for w in BEFORE if plain.startswith(w) and len(plain) > len(w) + 1), plain)
        cut = next((cut.removesuffix(w) for w in AFTER if cut.endswith(w) and len(cut) > len(w) + 1), cut)
        if cut == plain or cut in FURNITURE:
            break
        plain = cut
    return plain


def _words(plain: str) -> Iterator[tuple[str, str]]:
    """(kind, word) of a name from left to right, the longest known word at each place; the rest sign by sign."""
    at = 0
    while at < len(plain):
        for size in range(min(_LONGEST, len(plain) - at), 0, -1):
            if plain[at : at + size] in _KNOWN:
                yield _KNOWN[plain[at : at + size]]
                at += size
                break
        else:
            yield "", plain[at]
            at += 1
