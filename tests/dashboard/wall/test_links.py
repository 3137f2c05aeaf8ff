"""Links of walls: kept as hashes, bound to area and address, revoked for good; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from data import migrate
from data.engine import Connected
from data.errors import WallError, WallNotFound
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
    assert (link.admits("::ffff:10.1.2.3"), link.admits("::ffff:10.2.0.1")) == (True, False)
    with store.engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM wall")).all()
    assert token not in str(kept)
    revoked = revoke_wall(store, link.id)
    assert revoked.revoked is not None
    assert revoke_wall(store, link.id).revoked == revoked.revoked
    assert [one.revoked is None for one in list_walls(store)] == [False, True]
    store.close()


def test_small_numbers_are_shown_only_where_a_wall_stands(database_url: str) -> None:
    store = Store.create(database_url)
    assert [new_wall(store, "x")[0].small_numbers, new_wall(store, "x", None, "10.0.0.0/8")[0].small_numbers] == [
        False,
        False,
    ]
    assert new_wall(store, "x", None, "10.0.0.0/8", small_numbers=True)[0].small_numbers
    with pytest.raises(WallError, match="address or network"):
        new_wall(store, "x", small_numbers=True)
    for everybody in ("0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/3"):
        with pytest.raises(WallError, match="too wide"):
            new_wall(store, "x", None, everybody, small_numbers=True)
    assert len(list_walls(store)) == 3
    store.close()


def test_a_link_that_was_made_before_goes_on_showing_what_it_showed(database_url: str) -> None:
    migrate.upgrade(database_url, "0004")
    database = Connected(database_url)
    with database.writing() as connection:
        made = "INSERT INTO wall (name, hash, made) VALUES ('x', 'y', '2022-03-01 00:00:00')"
        connection.execute(text(made))
    database.close()
    store = Store.create(database_url)
    assert [link.small_numbers for link in list_walls(store)] == [True]
    assert not new_wall(store, "new")[0].small_numbers
    store.close()


def test_what_is_no_link_is_told(database_url: str) -> None:
    store = Store.create(database_url)
    with pytest.raises(WallNotFound):
        find_wall(store, "x" * 43)
    with pytest.raises(WallNotFound):
        revoke_wall(store, 7)
    with pytest.raises(WallError):
        new_wall(store, "x", None, "not-an-address")
    store.close()
