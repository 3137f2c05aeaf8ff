"""集中隔离与居家隔离: people in isolation, and the rooms for them."""

from __future__ import annotations

from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Paragraph, Section
from dashboard.reports.sentences import breakdown


def make(context: Context) -> Section:
    """People in isolation; rooms."""
    blocks: list[Block] = []
    for name, zh, one, many in (
        ("isolated_central", "集中隔离", "person in central isolation", "people in central isolation"),
        ("isolated_home", "居家隔离", "person in home isolation", "people in home isolation"),
    ):
        if not context.has(name):
            blocks.append(context.unreported(f"{zh}人数", many[0].upper() + many[1:], name))
            continue
        noun = context.noun(f"{zh}人员", "人", one, many)
        said = breakdown(context.split(name), noun, context.lang)
        blocks.append(Paragraph((*said, *context.line("；{c}。", "; {c}.", c=context.change(name, "人")))))
    blocks.append(_rooms(context))
    return Section("isolation", context.say(SECTION.zh, SECTION.en), tuple(blocks))


def _rooms(context: Context) -> Block:
    told = context.given("supplies.rooms")
    if told is None or not told.what.places:
        return context.unreported(
            "隔离点数、房间总数与可用房间", "Isolation sites, rooms and free rooms", kind="places"
        )
    sites, rooms, free = (context.n(told[f"all.{way}"]) for way in ("places", "rooms", "free"))
    return context.told(
        "隔离点{sites:处}，房间{rooms:间}，可用{free:间}。",
        "{sites:isolation site|isolation sites} with {rooms:room|rooms}, {free} of them free.",
        sites=sites,
        rooms=rooms,
        free=free,
    )


SECTION = Maker("isolation", "隔离管理", "Isolation", make)
