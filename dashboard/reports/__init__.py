"""Situation reports: one model, kinds of reports, sections, four writers. See :mod:`dashboard.reports.model`.

A new section is one file in ``sections/`` with one ``SECTION`` and its name in the kinds that carry it; a new kind
is one file in ``kinds/`` and its name in REPORTS; a new writer one file in ``writers/`` and its name in WRITERS.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dashboard.reports.kinds import brief, daily, notice, review, special
from dashboard.reports.kinds.base import Kind

_KINDS = (daily.KIND, special.KIND, notice.KIND, brief.KIND, review.KIND)

#: Every kind of report by its id, in the order in which they are offered.
REPORTS: Mapping[str, Kind] = MappingProxyType({kind.id: kind for kind in _KINDS})

__all__ = ["REPORTS"]
