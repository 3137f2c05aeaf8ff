"""city.toml -> :class:`City`: the one description of a city. Nothing else in the code knows a city's name.

Relative paths start at the city file's folder. Every key is checked. A table a class: those of ``areas``, ``sources``
and ``choices`` make up the ``whole``; ``province`` joins the files of many cities under one.
"""

from __future__ import annotations

from data.city.areas import Boundaries, Codes, Grid, Level
from data.city.choices import FlowSettings, RiskSettings, SmallNumbers, System
from data.city.read import read_city
from data.city.sources import Cadence, Format, Guard, Records, Replaces, Source, Unpivot, Where
from data.city.whole import City

__all__ = [
    "Boundaries",
    "Cadence",
    "City",
    "Codes",
    "FlowSettings",
    "Format",
    "Grid",
    "Guard",
    "Level",
    "Records",
    "Replaces",
    "RiskSettings",
    "SmallNumbers",
    "Source",
    "System",
    "Unpivot",
    "Where",
    "read_city",
]
