"""Zones on a day: whom and what they hold (``book``), what was found on their ``ground``, when they may be released
(``clocks``), whether they are larger than their rule allows (``units``)."""

from __future__ import annotations

from grid.zones.book import WHOLE, ZoneBook, inhabitants, spread

__all__ = ["WHOLE", "ZoneBook", "inhabitants", "spread"]
