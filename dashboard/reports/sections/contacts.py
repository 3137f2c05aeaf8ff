"""密接与次密接: close and secondary contacts."""

from __future__ import annotations

from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Paragraph, Section
from dashboard.reports.sentences import breakdown


def make(context: Context) -> Section:
    """Contacts of the day by area."""
    blocks: list[Block] = []
    for name, zh, one, many in (
        ("contacts_close", "新增密切接触者", "new close contact", "new close contacts"),
        ("contacts_secondary", "新增次密切接触者", "new secondary contact", "new secondary contacts"),
    ):
        if not context.has(name):
            blocks.append(context.unreported(zh, many[0].upper() + many[1:], name))
            continue
        noun = context.noun(zh, "人", one, many)
        said = breakdown(context.split(name), noun, context.lang)
        blocks.append(Paragraph((*said, *context.line("；{c}。", "; {c}.", c=context.change(name, "人")))))
    if context.has("contacts_close", "contacts_secondary"):
        blocks.append(
            context.remark(
                "按接触之日计，近几日之数仍会增加。",
                "By the day of the contact: the last days' numbers will still grow.",
            )
        )
    return Section("contacts", context.say(SECTION.zh, SECTION.en), tuple(blocks))


SECTION = Maker("contacts", "密接与次密接", "Contacts", make)
