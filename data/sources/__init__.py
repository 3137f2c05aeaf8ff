"""The kinds of sources: one small file each, and this explicit tuple.

A new kind is a new file and its name here; readers, help pages and the loader take it from the record.
"""

from __future__ import annotations

from data.city import Source
from data.errors import CityFileError
from data.sources.addresses import ADDRESSES
from data.sources.arrivals import ARRIVALS
from data.sources.assignments import ASSIGNMENTS
from data.sources.base import PLACE_FIELDS, Field, Kind
from data.sources.calls import OUTBOUND
from data.sources.cases import CASES
from data.sources.checkins import CHECKINS
from data.sources.code_ledger import CODE_LEDGER
from data.sources.code_status import CODE_STATUS
from data.sources.compounds import COMPOUNDS
from data.sources.contacts import CONTACTS
from data.sources.elsewhere import ELSEWHERE, ELSEWHERE_CASES
from data.sources.enterprises import ENTERPRISES
from data.sources.events import EVENTS
from data.sources.fever_clinics import FEVER_CLINICS
from data.sources.flow_index import FLOW_INDEX
from data.sources.flows import FLOWS
from data.sources.forms import FORMS
from data.sources.isolation import ISOLATION
from data.sources.notices import NOTICES
from data.sources.places import PLACES
from data.sources.population import POPULATION
from data.sources.presence import PRESENCE
from data.sources.present import PRESENT
from data.sources.risk_areas import RISK_AREAS
from data.sources.screening import SCREENING
from data.sources.stays import STAYS
from data.sources.supplies import SUPPLIES
from data.sources.tests import TESTS
from data.sources.traced import TRACED
from data.sources.workers import WORKERS
from data.sources.zones import ZONES
from data.words import Both

__all__ = ["PLACE_FIELDS", "SOURCES", "Field", "Kind", "kind", "verify"]

SOURCES: tuple[Kind, ...] = (
    CASES, POPULATION, ADDRESSES, RISK_AREAS, CODE_STATUS, CODE_LEDGER, ZONES, ASSIGNMENTS, TESTS, ISOLATION,
    CONTACTS, STAYS, NOTICES, PRESENCE, FLOWS, FLOW_INDEX, TRACED, ELSEWHERE, ELSEWHERE_CASES,
    PRESENT, CHECKINS, EVENTS, PLACES, SUPPLIES, WORKERS,
    ARRIVALS, COMPOUNDS, ENTERPRISES, OUTBOUND, FEVER_CLINICS, SCREENING, FORMS,
)  # fmt: skip

#: strptime directives that state a year; a day_format without one would put every day into 1900.
_YEARS = ("%Y", "%y", "%G", "%c", "%x", "%D")


def kind(kind_id: str) -> Kind:
    """The kind called ``kind_id``. Raises CityFileError, which names all kinds."""
    for each in SOURCES:
        if each.id == kind_id:
            return each
    known = " ".join(each.id for each in SOURCES)
    detail = Both(f"没有“{kind_id}”这种数据源，可用：{known}", f"there is no kind {kind_id}; there are: {known}")
    raise CityFileError(file="city.toml", where="source, kind", detail=detail)


def verify(source: Source) -> None:
    """Holds a source of city.toml against its kind.

    Raises CityFileError for an unknown kind, for fields that the kind does not have, for a field that is
    both mapped and constant, and for a day_format without a year.
    """
    fields = {each.id for each in kind(source.kind).all_fields()}
    for part in ("columns", "constants", "values"):
        unknown = sorted(set(getattr(source, part)) - fields)
        if unknown:
            _complain(
                source,
                part,
                f"{source.kind} 没有字段 {' '.join(unknown)}",
                f"{source.kind} has no field {' '.join(unknown)}",
            )
    twice = sorted(set(source.columns) & set(source.constants))
    if twice:
        _complain(
            source,
            "constants",
            f"{' '.join(twice)} 已对应到列",
            f"{' '.join(twice)} is mapped to a column, too",
        )
    if not any(year in source.day_format for year in _YEARS):
        _complain(source, "day_format", "缺少年份 %Y", "it states no year (%Y)")


def _complain(source: Source, part: str, zh: str, en: str) -> None:
    raise CityFileError(file="city.toml", where=f"source {source.name}, {part}", detail=Both(zh, en))
