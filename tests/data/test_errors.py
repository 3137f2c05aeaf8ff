"""Every error says in both languages what is wrong, and the tree in the docstring is the tree of classes."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

from data import errors
from data.errors import CityFileError, OneScreenError
from data.words import Both

#: A value for every word that a template may ask for.
VALUES: dict[str, Any] = {"size": Both("三", "three"), "columns": Both("日期", "day")}


def family(kind: type[OneScreenError]) -> Iterator[type[OneScreenError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from family(child)


CLASSES = sorted(family(OneScreenError), key=lambda kind: kind.__name__)


def asked(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_both_languages_ask_for_the_same_values_and_say_them(kind: type[OneScreenError]) -> None:
    names = asked(kind.en)
    assert asked(kind.zh) == names
    error = kind(**{name: VALUES.get(name, f"<{name}>") for name in names})
    zh, en = error.say("zh"), error.say("en")
    for name in names - VALUES.keys():
        assert f"<{name}>" in zh
        assert f"<{name}>" in en
        assert getattr(error, name) == f"<{name}>"
    assert re.search(r"[\u4e00-\u9fff]", kind.zh)
    assert not re.search(r"[\u4e00-\u9fff]", en)
    assert "\n" not in zh + en
    assert str(error) == en


def test_the_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    drawn: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.fullmatch(r"    ([│ ├└─]*)([A-Z]\w+)(?:  .*)?", line)
        if found:
            drawn.append((len(found[1]) // 4, found[2]))
    path: list[str] = []
    parents = {}
    for depth, name in drawn:
        path = [*path[:depth], name]
        parents[name] = path[-2] if depth else None
    assert parents == {kind.__name__: _above(kind) for kind in CLASSES}


def _above(kind: type[OneScreenError]) -> str | None:
    base = kind.__mro__[1]
    return None if kind is OneScreenError else base.__name__


def test_an_error_survives_the_way_between_processes() -> None:
    error = CityFileError(file="city.toml", where="grid", detail=Both("不行", "no"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is CityFileError
    assert (again.say("zh"), again.say("en")) == (error.say("zh"), error.say("en"))
    with pytest.raises(AttributeError):
        _ = error.nothing


def test_a_value_with_braces_or_a_page_of_text_stays_one_short_sentence() -> None:
    error = CityFileError(file="{0}{file}", where="a\nb", detail="x" * 100_000)
    assert "{0}{file}" in error.say("zh")
    assert len(error.say("en")) < 1000
    assert "\n" not in error.say("en")
