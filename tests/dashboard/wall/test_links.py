"""Links of walls: kept as hashes, bound to area and address, revoked for good; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from data.errors import BadQuestion, WallNotFound
from data.store import Store
from data.walls import find_wall, list_walls, new_wall, revoke_wall


def test_a_link_is_made_found_and_revoked(database_url: str) -> None:
    store = Store.create(database_url)
    link, token = new_wall(store, "大厅", "990102", "10.1.0.0/16")
    other, _ = new_wall(store, "走廊")
    assert find_wall(store, token) == link
    assert (link.area, link.admits("10.1.2.3"), link.admits("10.2.0.1"), link.admits(None)) == (
        "990102",
        True,
        False,
        False,
    )
    assert other.admits("2001:db8::1")
    with store.engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM wall")).all()
    assert token not in str(kept)
    revoked = revoke_wall(store, link.id)
    assert revoked.revoked is not None
    assert revoke_wall(store, link.id).revoked == revoked.revoked
    assert [one.revoked is None for one in list_walls(store)] == [False, True]
    store.close()


def test_what_is_no_link_is_told(database_url: str) -> None:
    store = Store.create(database_url)
    with pytest.raises(WallNotFound):
        find_wall(store, "x" * 43)
    with pytest.raises(WallNotFound):
        revoke_wall(store, 7)
    with pytest.raises(BadQuestion):
        new_wall(store, "x", None, "not-an-address")
    store.close()
