"""Of which days the ledgers of assignments tell, and what is said where they do not, or say something twice."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Day, Look
from dashboard.parts import note
from dashboard.parts.sheet import Block
from dashboard.queries import Desk, Viewer
from dashboard.queries.codes import CodeDesk
from dashboard.said import words


def days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    """Days of which a ledger speaks."""
    return desk.beside(CodeDesk).days(viewer)


def nothing(look: Look) -> Block:
    """Why there are no numbers: no ledger at all, or none of this day."""
    last = look.spot.last
    if last is None or look.day is None:
        return note.line(look.say("none"), tone="large")
    said = look.say("none_that_day", day=look.day_text(look.day, year=True))
    word = look.say("to_last", day=look.day_text(last))
    return note.line(said, tone="large", href=look.href(day=None), word=word)


def destroyed(look: Look) -> list[Block]:
    """That the day's tickets were destroyed, and by which certificate; nothing where they were not."""
    number = look.desk.beside(CodeDesk).purged(look.viewer, look.day, look.as_of)
    return [] if number is None else [note.line(look.say("purged", n=words(str(number))))]


def repeats(look: Look) -> list[Block]:
    """That rows of the ledger say the same once more; nothing where none does."""
    n = look.ask("codes.repeats", area=None)[""]
    return [note.line(look.say("repeats", n=look.short(n)))] if n.value else []
