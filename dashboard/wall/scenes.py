"""Every scene, in the order in which the wall's light strip shows them. A new one is one file and its name here."""

from __future__ import annotations

from dashboard.wall import cities, codes, control, events, outflow, overview, risk, situation
from dashboard.wall.scene import Scene

SCENES: tuple[Scene, ...] = (
    overview.SCENE,
    cities.SCENE,
    situation.SCENE,
    risk.SCENE,
    control.SCENE,
    codes.SCENE,
    outflow.SCENE,
    events.SCENE,
)
