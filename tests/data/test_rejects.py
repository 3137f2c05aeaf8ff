"""A bad row says in both languages why it was not taken."""

from __future__ import annotations

import pytest

from data.rejects import WHY, Reject
from tests.data.test_errors import asked


@pytest.mark.parametrize("why", WHY)
def test_every_reason_is_told_with_its_values(why: str) -> None:
    zh, en = WHY[why]
    assert asked(zh) == asked(en)
    more = {name: f"<{name}>" for name in asked(zh) - {"value"}}
    for lang, template in (("zh", zh), ("en", en)):
        said = Reject(2, "日期", "{x}", why, more).say(lang)  # type: ignore[arg-type]
        assert all(value in said for value in more.values())
        assert ("{x}" in said) == ("value" in asked(template))
