"""Whether every text of a wall can be read: large enough, in its place, clear of bezels, of enough contrast, cited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from dashboard.wall.geometry import KEY, Wall

#: Every text that is shown, with what an audit needs to know of it.
TEXTS = """() => {
  const page = document.querySelector('.wall-page').getBoundingClientRect(), found = [];
  const walker = document.createTreeWalker(document.getElementById('wall'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, style = getComputedStyle(element);
    if (!node.data.trim() || !element.getClientRects().length || style.visibility === 'hidden') continue;
    const range = document.createRange(); range.selectNodeContents(element);
    const own = range.getBoundingClientRect(), set = element.getBoundingClientRect();
    const box = (element.closest('.wall-box, .wall-banner, .wall-cover') || document.body).getBoundingClientRect();
    found.push({text: node.data, px: parseFloat(style.fontSize), colour: style.color, data: {...element.dataset},
      classes: element.className, panel: element.closest('[data-panel]')?.dataset.panel || '',
      own: [own.left, own.right], set: [set.left - page.left, set.top - page.top, set.right - page.left, set.bottom - page.top],
      inside: set.left >= box.left - 1 && set.right <= box.right + 1 && set.top >= box.top - 1 && set.bottom <= box.bottom + 1,
      wide: own.width - set.width});
  }
  return found;
}"""

#: Labels on the map: large enough, none over another.
LABELS = """least => { const { frame, map } = onescreen.wall.live.stage; if (frame.hidden) return [];
  const wrong = (map.labels || []).filter(one => one.pixels / map.dpr < least).map(one => `${one.name}: ${one.pixels / map.dpr} px on the map`);
  const boxes = (map.labels || []).map(one => one.box);
  boxes.forEach((a, i) => boxes.slice(0, i).forEach(b => { if (a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]) wrong.push('labels overlap'); }));
  return wrong; }"""


def texts_of(page: Page) -> list[dict[str, Any]]:
    """Every text that a wall shows."""
    found: list[dict[str, Any]] = page.evaluate(TEXTS)
    return found


def wrong_labels(page: Page, least: float) -> list[str]:
    """What is wrong with the names on its map."""
    found: list[str] = page.evaluate(LABELS, least)
    return found


def faults(texts: list[dict[str, Any]], wall: Wall) -> list[str]:
    """What is wrong with the texts of a scene; none of it may be."""
    return [f"{one['text']}: {what}" for one in texts for what in faults_of(one, wall)] + overlaps(texts)


def faults_of(one: dict[str, Any], wall: Wall) -> Iterator[str]:
    (left, top, right, bottom), px = one["set"], one["px"]
    key = "figure" in one["classes"] and one["panel"] in ("lead", "figures", "colours") and "soft" not in one["classes"]
    if px < wall.least * (KEY if key else 1):
        yield f"{px} px, at least {wall.least}{' twice' if key else ''}"
    if one["wide"] > 1.5 or not one["inside"] or left < 0 or top < 0 or right > wall.width or bottom > wall.height:
        yield f"clipped by {one['wide']:.1f} px"
    if crosses(left, right, wall.bezels_x) or crosses(top, bottom, wall.bezels_y):
        yield "across a bezel"
    if any(c.isdigit() for c in one["text"]) and not one["data"].get("of"):
        yield "a number from nowhere"
    if contrast(one) < 4.5:
        yield f"contrast {contrast(one):.1f}"


def crosses(low: float, high: float, bezels: tuple[int, ...]) -> bool:
    return any(low < bezel + 8 and high > bezel - 8 for bezel in bezels)


def overlaps(texts: list[dict[str, Any]]) -> list[str]:
    boxes = [one["set"] for one in texts]
    return [
        f"{texts[i]['text']} over {texts[j]['text']}"
        for i, a in enumerate(boxes)
        for j, b in enumerate(boxes[:i])
        if a[0] < b[2] - 0.5 and b[0] < a[2] - 0.5 and a[1] < b[3] - 0.5 and b[1] < a[3] - 0.5
    ]


#: What a text may stand on: the ground, or the hatched mark of a late source (both its colours); by day and by night.
GROUNDS = {
    False: {"late": ("#e0a95c", "#c8924a", "#ee9277", "#d97a60"), "": ("#0f1417",)},
    True: {"late": ("#f6cf96", "#eab870", "#f7c0b0", "#efae9c"), "": ("#0f1417",)},
}


def luminance(rgb: list[float]) -> float:
    """WCAG 2.2 relative luminance of sRGB 0..255."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: dict[str, Any], dim: float = 0) -> float:
    """The least contrast of a text with what it may stand on; glyphs are marks, which need 3:1 (WCAG 1.4.11).

    ``dim``: the share of black that lies over the wall at night.
    """
    ink = luminance([(1 - dim) * float(part) for part in text["colour"].strip("rgba()").split(",")[:3]])
    grounds = GROUNDS[dim > 0]["late" if "late" in text["classes"].split() else ""]
    found = []
    for ground in grounds:
        other = luminance([(1 - dim) * int(ground[i : i + 2], 16) for i in (1, 3, 5)])
        found.append((max(ink, other) + 0.05) / (min(ink, other) + 0.05))
    worst = min(found)
    return 4.5 if "glyph" in text["classes"] and worst >= 3 else worst
