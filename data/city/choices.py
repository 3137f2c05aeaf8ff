"""What a city chooses: its code systems, and numbers of its own instead of the house's."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from data.city.base import Part
from data.words import Both, Lang


class System(Part):
    """One code system of several side by side: who owns it, who may assign in it, who may correct.

    ``assigners`` and ``correctors`` are names of authorities as the ledger writes them; without assigners nobody's
    right to assign is doubted, and ``{district}`` stands for the name of the district where a person is. ``level``:
    whose system it is. ``primary``: its colours are the city's own figures, where no other source tells them (those of
    the first system where none is primary).
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=20)]
    name: str
    name_en: str | None = None
    owner: str
    owner_en: str | None = None
    level: Literal["city", "province", "national"] = "city"
    assigners: list[str] = Field(default_factory=list)
    correctors: list[str] = Field(default_factory=list)
    hotline: str | None = None
    primary: bool = False


class FlowSettings(Part):
    """What a city says of flows: how the migration scale index becomes people, who are always an estimate and shown
    with this factor; and the ``reference``, another city's name or code, whose index stands beside its own (without
    one the largest that has an index).

    ``index_per_person``: the index of one person a day, so that people = index / factor. The default is a published
    inversion, made outside the publisher of the index and held against published counts of passengers: 93.81 % of the
    records agree, within 0.5 %. A city with a better one writes it here, and in ``source`` where it is from.
    ``off_by``: how far the factor may be off, as a share: the band that is shown.
    """

    index_per_person: float = 3.24e-5
    off_by: float = 0.005
    source: str = ""
    source_en: str = ""
    reference: str = ""

    @field_validator("index_per_person")
    @classmethod
    def _of_one_person(cls, factor: float) -> float:
        if not 0 < factor < 0.1:
            raise ValueError(
                Both(
                    f"{factor:g} 不是一个人的指数：应大于0、小于0.1，如 3.24e-5；已知每1指数多少人时，写它的倒数",
                    f"{factor:g} is not the index of one person: write more than 0 and less than 0.1, as 3.24e-5; "
                    "of people per index write the inverse",
                )
            )
        return factor

    @field_validator("off_by")
    @classmethod
    def _a_share(cls, off_by: float) -> float:
        if not 0 <= off_by < 1:
            raise ValueError(
                Both(
                    f"{off_by:g} 不是误差的比例：应不小于0、小于1，0.005 即 ±0.5%",
                    f"{off_by:g} is not a share: write 0 or more and less than 1; 0.005 is 0.5 % either way",
                )
            )
        return off_by

    def remark(self, lang: Lang) -> str:
        """Where the factor is from, as far as it is stated."""
        zh = lang == "zh"
        stated = (self.source or self.source_en) if zh else (self.source_en or self.source)
        if stated or self.index_per_person != FlowSettings.model_fields["index_per_person"].default:
            return stated or ("本市设定，未写出处" if zh else "set by the city, no source stated")
        return "公开反推，与客运量公报比对" if zh else "a published inversion, held against counts of passengers"


class RiskSettings(Part):
    """What a city says of the pathogen. ``serial_interval``: days from an infector's symptoms to the infected's, mean
    (above one day) and ``serial_interval_sd``; the reproduction number goes by them.

    The default is Omicron BA.1 in households: 164 pairs with S gene target failure whose infector fell ill in the week
    of 2021-12-13, mean 3.5 and standard deviation 2.4 days: Backer and others (2022), Shorter serial intervals in
    SARS-CoV-2 cases with Omicron BA.1 variant compared with Delta variant, the Netherlands, Eurosurveillance 27 (6),
    table S1. BA.2 was close to it: mean 3.39 days in households (an der Heiden and Buchholz 2022, Epidemiology and
    Infection, doi 10.1017/S0950268822001248).
    """

    serial_interval: Annotated[float, Field(gt=1, lt=20)] = 3.5
    serial_interval_sd: Annotated[float, Field(ge=0.1, lt=20)] = 2.4


class SmallNumbers(Part):
    """Numbers of people below ``threshold`` are hidden from whoever has no right to them, and so is what would tell
    them; 5 is the custom of many statistical offices."""

    threshold: Annotated[int, Field(ge=2, le=100)] = 5


class EventSettings(Part):
    """What a city says of one class of events instead of the house: the level at which it is solved first, minutes to
    ``accept``, ``act`` and ``close`` it from when it was sensed, and to ``fold`` reports of the same matter; whether
    closing needs ``evidence`` and a ``check`` by somebody else; whether it is ``urgent``."""

    level: Literal["community", "responsibility_grid", "street", "district", "city"] | None = None
    accept: Annotated[int, Field(ge=1, le=525_600)] | None = None
    act: Annotated[int, Field(ge=1, le=525_600)] | None = None
    close: Annotated[int, Field(ge=1, le=525_600)] | None = None
    fold: Annotated[int, Field(ge=0, le=525_600)] | None = None
    evidence: bool | None = None
    check: bool | None = None
    urgent: bool | None = None
