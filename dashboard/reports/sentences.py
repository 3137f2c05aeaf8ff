"""Sentences out of numbers, in Chinese and English: "新增22例，其中A区9例、B区5例，其他8例".

What a sentence names, what it sums up as others, and what could not be located always add up to its whole. Nothing
found (无新增), nothing told (未报) and nothing shown (隐去) are three different sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from dashboard.queries.cite import Cite
from dashboard.reports import writing
from dashboard.reports.model import Line, Number, Run
from data.words import Lang

#: Parts that a sentence names before it sums the rest up.
NAMED = 5

_SLOT = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of a whole: ``code`` of its area, its name, its number."""

    code: str
    name: str
    number: Number


@dataclass(frozen=True, slots=True)
class Noun:
    """What is counted: in Chinese the word and its measure word, in English one and many; ``below``: what the parts
    are, the same three ways."""

    zh: str
    unit: str
    one: str
    many: str
    below: tuple[str, str, str] = ("区", "district", "districts")

    def few(self, lang: Lang) -> str:
        """What follows a number: 例, or new infection and new infections."""
        return self.unit if lang == "zh" else f"{self.one}|{self.many}"


@dataclass(frozen=True, slots=True)
class Split:
    """A whole as a sentence tells it: parts by name, ``others`` and those known of nothing below (``apart``: None where
    there are none); how many parts are ``silent`` and ``hidden``; ``known``: all parts together."""

    whole: Number
    named: tuple[Part, ...]
    others: Number | None
    apart: Number | None
    silent: Number
    hidden: Number
    known: Number


#: (which number of the parts, codes that are named) -> where it can be asked again.
Citing = Callable[[str, Sequence[str]], Cite]


def state_of(value: float | None) -> str:
    """Id of terms.STATES of a number that is not suppressed."""
    return "missing" if value is None else "value" if value else "zero"


def split(whole: Number, parts: Sequence[Part], cite: Citing, most: int = NAMED) -> Split:
    """The largest parts by name (those above nought), and the sums of the rest."""
    told = [part for part in parts if part.number.value is not None]
    order = sorted((part for part in told if part.number.value), key=lambda part: -(part.number.value or 0))
    few = order if len(order) <= most + 1 else order[:most]  # one last part has a name, not "others"
    named = tuple(part for part in few if (part.number.value or 0) > 0)
    codes = [part.code for part in named]

    def made(way: str, value: float | None) -> Number:
        return replace(whole, value=value, state=state_of(value), cite=cite(way, codes))

    known = _sum(told) if told else None
    others = _sum([part for part in told if part not in named])
    hidden = _count(parts, "suppressed")
    apart = None if whole.value is None or known is None or hidden else whole.value - known
    return Split(
        whole,
        named,
        made("others", others) if others else None,
        made("apart", apart) if apart else None,
        made("silent", _count(parts, "missing")),
        made("hidden", hidden),
        made("known", known),
    )


def _sum(parts: Collection[Part]) -> float:
    return sum(part.number.value or 0.0 for part in parts)


def _count(parts: Sequence[Part], state: str) -> float:
    return float(sum(part.number.state == state for part in parts))


# sentences -----------------------------------------------------------------------------------------


def breakdown(told: Split, noun: Noun, lang: Lang) -> Line:
    """The whole and its parts in one sentence, without a full stop."""
    if told.whole.state == "suppressed":
        return fill("{zh}隐去" if lang == "zh" else "{en}: suppressed", zh=noun.zh, en=_capital(noun.many))
    head = _head(told, noun, lang)
    after = [*_rest(told, noun, lang)]
    if not after:
        return head
    comma = "，" if lang == "zh" else "; "
    return (*head, comma, *joined(after, comma if lang == "zh" else ", "))


def _head(told: Split, noun: Noun, lang: Lang) -> Line:
    zh = lang == "zh"
    if told.whole.state == "missing":
        said = fill(
            "{what}{whole}" if zh else "{what}: {whole}", whole=told.whole, what=noun.zh if zh else _capital(noun.many)
        )
        return (*said, *_known_parts(told, noun, lang)) if told.named else said
    if told.whole.value == 0:
        return (f"无{noun.zh}" if zh else f"No {noun.many}",)
    whole = fill(f"{noun.zh}{{n:{noun.unit}}}" if zh else f"{{n:{noun.few(lang)}}}", n=told.whole)
    return (*whole, *_parts(told, noun, lang))


def _known_parts(told: Split, noun: Noun, lang: Lang) -> Line:
    """What the parts say of a whole that nobody tells."""
    zh = lang == "zh"
    sums = fill(
        f"，已报各{noun.below[0]}合计{{n:{noun.unit}}}" if zh else "; reported {below} together {n}",
        n=told.known,
        below=noun.below[2],
    )
    return (*sums, *_parts(told, noun, lang))


def _parts(told: Split, noun: Noun, lang: Lang) -> Line:
    zh = lang == "zh"
    if not told.named and told.apart and told.apart.value == told.whole.value:
        return (f"，均未定位到{noun.below[0]}" if zh else f", none of them located to a {noun.below[1]}",)
    whole = told.known.value if told.whole.value is None else told.whole.value
    if len(told.named) == 1 and not told.others and told.named[0].number.value == whole:
        return (f"，均在{told.named[0].name}" if zh else f", all in {told.named[0].name}",)
    unit = f":{noun.unit}" if zh else ""
    items = [
        fill(f"{{name}}{{n{unit}}}" if zh else "{n} in {name}", n=part.number, name=part.name) for part in told.named
    ]
    lines = [joined(items, "、" if zh else ", ")] if items else []
    lines += [fill(f"其他{{n{unit}}}" if zh else "{n} elsewhere", n=told.others)] if told.others else []
    return ("，其中" if zh else ": ", *joined(lines, "，" if zh else ", ")) if lines else ()


def _rest(told: Split, noun: Noun, lang: Lang) -> list[Line]:
    """What is not in any part, and parts of which nothing is told."""
    zh, (below, one, many) = lang == "zh", noun.below
    found: list[Line] = []
    beside = told.named or (told.apart and told.apart.value != told.whole.value)  # else "none of them located" says it
    if told.apart and (told.apart.value or 0) > 0 and beside:
        where = ("未分到", f"not told by {one}") if told.silent.value else ("未定位到", f"not located to a {one}")
        found.append(fill(f"{where[0]}{below}{{n:{noun.unit}}}" if zh else f"{{n}} {where[1]}", n=told.apart))
    if told.apart and (told.apart.value or 0) < 0:
        words = f"各{below}合计与总数相差{{n:{noun.unit}}}，待核对" if zh else f"whole less {many} {{n}}, to be checked"
        found.append(fill(words, n=told.apart))
    if told.silent.value:
        found.append(fill(f"另有{{n:个}}{below}未报" if zh else f"{{n:{one}|{many}}} not reported", n=told.silent))
    if told.hidden.value:
        found.append(fill(f"另有{{n:个}}{below}隐去" if zh else f"{{n:{one}|{many}}} suppressed", n=told.hidden))
    return found


def compared(by: Number, size: Number, share: Number, before: str, lang: Lang) -> Line:
    """较4月6日增加3例（+12%）; 3 more than on 6 April (+12%). What cannot be compared says so. ``size``: how much
    ``by`` is whichever way it goes, with its unit."""
    if by.value is None:
        return (f"较{before}无从比较" if lang == "zh" else f"not to be compared with {before}",)
    if not by.value:
        return (f"与{before}持平" if lang == "zh" else f"the same as on {before}",)
    more = by.value > 0
    words = f"较{before}{'增加' if more else '减少'}{{n}}", f"{{n}} {'more' if more else 'fewer'} than on {before}"
    tail = fill("（{s}）" if lang == "zh" else " ({s})", s=share) if share.value is not None else ()
    return (*fill(words[lang == "en"], n=size), *tail)


# templates -----------------------------------------------------------------------------------------


def fill(template: str, **runs: Run | Line) -> Line:
    """A template as a line: ``{n}`` a run of that name, ``{n:例}`` with its unit, ``{n:case|cases}`` with a word that
    agrees with it in number. A unit stands only where there is a number."""
    pieces = _SLOT.split(template)
    found: list[Run] = []
    for text, name, unit in zip(pieces[::3], [*pieces[1::3], None], [*pieces[2::3], None], strict=True):
        found += [text] if text else []
        if name is not None:
            found += _filled(runs[name], unit)
    return tuple(_merged(found))


def _filled(run: Run | Line, unit: str | None) -> Line:
    if isinstance(run, tuple):
        return run
    return (replace(run, unit=agreed(unit, run)),) if unit and isinstance(run, Number) else (run,)


def agreed(unit: str, number: Number) -> str:
    """``case|cases`` as the number asks for that is printed (0.8 without digits is 1), with the blank that English
    needs."""
    one, _, many = unit.partition("|")
    word = one if not many or writing.plain(number, "en") == "1" else many
    return f" {word}" if word[:1].isascii() and word[:1].isalpha() else word


def _merged(runs: Sequence[Run]) -> list[Run]:
    """Neighbouring texts as one."""
    found: list[Run] = []
    for run in runs:
        if found and isinstance(run, str) and isinstance(found[-1], str):
            found[-1] += run
        else:
            found.append(run)
    return found


def joined(lines: Sequence[Line], comma: str) -> Line:
    """Lines one after the other."""
    found: list[Run] = []
    for at, one in enumerate(lines):
        found += [comma, *one] if at else one
    return tuple(found)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


__all__ = ["NAMED", "Noun", "Part", "Split", "agreed", "breakdown", "compared", "fill", "joined", "split", "state_of"]
