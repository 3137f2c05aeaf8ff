"""Who asks, and what they may: scope and rights are enforced by the questions, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.access.roles import EVERY_RIGHT
from data.errors import Forbidden
from data.terms import RIGHTS
from data.words import Both, Lang


@dataclass(frozen=True)
class Viewer:
    """Who asks: language, the code of the area beyond which nothing is shown (None: the city), rights.

    ``rights``: ids of data.terms.RIGHTS. ``user`` and ``role`` are for the log alone, answers do not depend on them;
    without a user it is whoever runs the program on the machine itself, of whom the log says nothing.
    """

    lang: Lang = "zh"
    scope: str | None = None
    rights: frozenset[str] = EVERY_RIGHT
    user: str = field(default="", compare=False)
    role: str = field(default="", compare=False)

    @property
    def small_numbers(self) -> bool:
        """Whether numbers of people below the threshold, and what would tell them, are shown."""
        return "small_numbers" in self.rights

    def may(self, right: str) -> bool:
        """Whether they hold a right."""
        return right in self.rights

    def need(self, right: str) -> None:
        """Forbidden unless they hold the right."""
        if right not in self.rights:
            raise Forbidden(right=Both(RIGHTS[right].zh, RIGHTS[right].en))
