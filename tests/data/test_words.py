"""What people wrote is quoted back as one short line."""

from __future__ import annotations

import pytest

from data.words import quote


@pytest.mark.parametrize(("text", "quoted"), [("a\n b\t c", "a b c"), ("长" * 81, "长" * 79 + "…"), (7, "7")])
def test_quotes_are_one_line_and_bounded(text: object, quoted: str) -> None:
    assert quote(text) == quoted
