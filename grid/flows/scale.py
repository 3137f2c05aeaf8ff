"""The migration scale index -> people, always as an estimate.

The publisher of the index calls it comparable between places and days, and not a number of heads. Held against
published counts of passengers it is proportional to them: index = k * people with k = 3.24e-5 (a published inversion,
made outside the publisher, which agreed with 93.81 % of the records it was held against, and was never off by more
than 0.5 %). The factor is a setting: whoever has a better one gives it in ``[flows]`` of the city file.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.city import City, FlowSettings
from grid.arrays import Floats

#: Index of one person a day.
PER_PERSON = FlowSettings().index_per_person

#: How far the factor may be off, as a share.
OFF_BY = FlowSettings().off_by

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Factor:
    """Index of one person, and how far it may be off as a share."""

    per_person: float = PER_PERSON
    off_by: float = OFF_BY

    def __post_init__(self) -> None:
        if not self.per_person > 0 or not 0 <= self.off_by < 1:
            raise ValueError(f"no factor: {self.per_person}, off by {self.off_by}")

    @property
    def written(self) -> str:
        """The index of one person as people write it: 3.24×10⁻⁵."""
        digits, _, power = f"{self.per_person:.3g}".partition("e")
        return f"{digits}×10{str(int(power)).translate(_RAISED)}" if power else digits

    def people(self, index: Floats) -> Floats:
        """People a day of an index; NaN stays NaN. Always an estimate."""
        return index / self.per_person

    def band(self, index: Floats) -> tuple[Floats, Floats]:
        """The least and the most people that the index may stand for."""
        return self.people(index) / (1 + self.off_by), self.people(index) / (1 - self.off_by)

    def index(self, people: Floats) -> Floats:
        """The index of so many people."""
        return people * self.per_person


def factor_of(city: City) -> Factor:
    """The factor that a city goes by."""
    return Factor(city.flows.index_per_person, city.flows.off_by)
