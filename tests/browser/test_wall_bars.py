"""A ranking's bars: nought has none, and what is not told, or hidden, looks like neither nought nor a number."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from dashboard.app import assets_folder

RANKED = """rows => {
  const { panels, base } = onescreen.wall, box = base.element("div", "", document.body);
  const room = { box, x: 0, y: 0, w: 800, h: 300 }, asof = { text: "" };
  panels.ranking({ ...room, em: 20, rooms: [room], words: {}, changed: () => false }, { id: "x", heads: [], asof, rows });
  return [...box.querySelectorAll(".bar")].map((one) => [one.className.trim(), one.offsetTop, one.offsetWidth]);
}"""


def row(text: str, value: float | None, state: str, share: float) -> dict[str, Any]:
    """A row as the server sends it."""
    return {"name": f"区{text}", "numbers": [{"text": text, "value": value, "state": state}], "share": share}


def test_nought_has_no_bar_and_what_is_not_told_no_track(page: Page) -> None:
    page.set_content("<!doctype html><body style='position: relative; --track: #345'>")
    page.add_style_tag(path=assets_folder() / "wall/wall.css")
    for name in ("base", "panels"):
        page.add_script_tag(path=assets_folder() / f"wall/{name}.js")
    rows = [
        row("100", 100, "value", 1), row("1", 1, "value", 0.0001), row("0", 0, "zero", 0),
        row("未报", None, "missing", 0), row("隐去", None, "suppressed", 0),
    ]  # fmt: skip
    marks = page.evaluate(RANKED, rows)
    tops = list(dict.fromkeys(top for _, top, _ in marks))
    by_row = [[(name, width) for name, at, width in marks if at == top] for top in tops]
    wide = by_row[0][0][1]
    assert wide > 300
    assert by_row == [
        [("bar track", wide), ("bar", wide)], [("bar track", wide), ("bar", 2)], [("bar track", wide)],
        [("bar track untold", wide)], [("bar track untold", wide)],
    ]  # fmt: skip
    grounds = {name: page.evaluate(
        "name => { const one = document.querySelector(`[class='${name}']`); return getComputedStyle(one).backgroundImage; }", name
    ) for name in ("bar track ", "bar track untold")}  # fmt: skip
    assert grounds["bar track "] == "none"
    assert "repeating-linear-gradient" in grounds["bar track untold"]
