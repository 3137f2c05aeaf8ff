"""Where a shown number comes from: the question, and which number of its answer, so that anybody can ask it again.

A number on a page, on the wall or in a report carries a :class:`Cite`. As text it is one line, for instance
``measure?area=310101&day=2022-04-13&name=positives`` or ``zones.summary?area=310101&day=2022-04-13#kinds[id=x]``:
a question of :data:`dashboard.queries.questions.QUESTIONS`, what is asked, and after ``#`` the way to the number inside
the answer. A way is made of names (``people``), keys of mappings (``[lockdown]``) and the member of a sequence that has
a field of this value (``[code=310101]``). Nothing in it is a position: a list in another order gives the same number.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from dashboard.queries.desk import Desk, Viewer
from dashboard.queries.hidden import hidden
from data.errors import BadQuestion
from data.terms import STATES
from data.words import Both

Kind = TypeVar("Kind")

_STEP = re.compile(r"\.?([A-Za-z_]\w*)|\[(?:([A-Za-z_][\w.]*)=)?([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Cite:
    """``question``: an id of QUESTIONS; ``asked``: its parameters as text, sorted by name; ``way``: to the number
    inside the answer ("" where the answer is the number). The moment as of which it is asked is the screen's or the
    report's own, and stands there once."""

    question: str
    asked: tuple[tuple[str, str], ...] = ()
    way: str = ""

    def on(self, way: str) -> Cite:
        """The citation of what lies further on: a way from where this one ends."""
        between = "." if self.way and way and not way.startswith("[") else ""
        return Cite(self.question, self.asked, f"{self.way}{between}{way}")

    def __str__(self) -> str:
        query = "?" + urlencode(self.asked, quote_via=quote, safe=",:") if self.asked else ""
        return f"{self.question}{query}" + (f"#{quote(self.way, safe='[]=.,:')}" if self.way else "")


@dataclass(frozen=True, slots=True)
class Fact:
    """One number as it was answered: ``value`` None unless the ``state`` (an id of terms.STATES) is value or zero."""

    value: float | None
    state: str


@dataclass(frozen=True, slots=True)
class Cited:
    """One number with where it is from; ``value`` and ``state`` as in :class:`Fact`."""

    value: float | None
    state: str
    cite: Cite


@dataclass(frozen=True, slots=True)
class Given(Generic[Kind]):
    """``what`` a question answered, or a record inside the answer, with the citation that leads to it: a number of it
    is read by the way under which it is cited, so that the two cannot differ."""

    what: Kind
    cite: Cite

    def __getitem__(self, way: str) -> Cited:
        """The number at the end of a way from here; BadQuestion where it leads nowhere."""
        found = follow(self.what, way)
        return Cited(found.value, found.state, self.cite.on(way))

    def at(self, way: str) -> Given[Any]:
        """The record at the end of a way from here."""
        return Given(reach(self.what, way), self.cite.on(way))

    def each(self, way: str = "", field: str = "") -> list[Given[Any]]:
        """The members of what lies at the end of a way: those of a mapping by their keys, those of a sequence by their
        ``field``, by which each is found again."""
        found = reach(self.what, way)
        if isinstance(found, Mapping):
            return [Given(one, self.cite.on(f"{way}[{_plain(key)}]")) for key, one in found.items()]
        return [Given(one, self.cite.on(f"{way}[{field}={_plain(_field(one, field))}]")) for one in found]


#: (desk, viewer, as of, parameters) -> an answer: a number, None, an Answer, or a record that a way leads into.
Question = Callable[[Desk, Viewer, dt.datetime | None, Mapping[str, str]], Any]


def cite(question: str, way: str = "", /, **asked: object) -> Cite:
    """The citation of a question: days as ISO text, None left out."""
    pairs = ((name, _plain(value)) for name, value in sorted(asked.items()) if value is not None)
    return Cite(question, tuple(pairs), way)


def read(text: str) -> Cite:
    """The citation that a text is; BadQuestion if it is none."""
    head, _, way = text.partition("#")
    question, _, query = head.partition("?")
    if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", question):
        raise BadQuestion(detail=Both(f"出处“{text}”无法识别", f"{text} cites nothing"))
    return Cite(question, tuple(sorted(parse_qsl(query, keep_blank_values=True))), _unquoted(way))


def follow(answer: Any, way: str) -> Fact:
    """The number at the end of a way into an answer. BadQuestion where the way leads nowhere."""
    return fact(reach(answer, way), way)


def reach(answer: Any, way: str) -> Any:
    """What lies at the end of a way into an answer. BadQuestion where the way leads nowhere."""
    at, here = 0, answer
    while at < len(way):
        step = _STEP.match(way, at)
        if step is None or here is None:
            raise _lost(way)
        here, at = _step(here, step, way), step.end()
    return here


def fact(value: Any, way: str = "") -> Fact:
    """A number as a fact: None and NaN are missing, HIDDEN is suppressed, nought is zero; a record with value and state
    says it itself, and of things that can be counted it is how many there are."""
    if hasattr(value, "value") and hasattr(value, "state"):
        return Fact(value.value, value.state)
    if value is None:
        return Fact(None, "missing")
    if hidden(value):
        return Fact(None, "suppressed")
    if isinstance(value, (Sequence, Mapping, set, frozenset)) and not isinstance(value, str):
        return fact(len(value))
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise _lost(way) from None
    if math.isnan(number):
        return Fact(None, "missing")
    return Fact(number, "value" if number else "zero")


def known(one: Fact) -> bool:
    """Whether there is a number to be shown."""
    assert one.state in STATES
    return one.value is not None


def _step(here: Any, step: re.Match[str], way: str) -> Any:
    name, field, value = step.groups()
    if name is not None:
        found = here.get(name, _NOTHING) if isinstance(here, Mapping) else getattr(here, name, _NOTHING)
    elif field is not None:
        found = next((one for one in here if _plain(_field(one, field)) == value), _NOTHING)
    else:
        found = _keyed(here, value) if isinstance(here, Mapping) else _NOTHING
    if found is _NOTHING:
        raise _lost(way)
    return found() if callable(found) else found


def _keyed(here: Mapping[Any, Any], key: str) -> Any:
    """What a mapping holds under a key that is written like this."""
    if key in here:
        return here[key]
    return next((value for known, value in here.items() if _plain(known) == key), _NOTHING)


def _field(one: Any, name: str) -> Any:
    """A field of a record, or of one inside it ("clock.zone.key")."""
    for step in name.split("."):
        one = getattr(one, step, _NOTHING)
    return one


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _unquoted(way: str) -> str:
    return parse_qsl(f"way={way.replace('+', '%2B')}", keep_blank_values=True)[0][1] if way else ""


def _lost(way: str) -> BadQuestion:
    return BadQuestion(detail=Both(f"答案中没有“{way}”", f"the answer has no {way}"))


_NOTHING = object()
