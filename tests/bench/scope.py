"""Every entry point, asked by every role for each of 215 streets: answers that hold anything of another area.

Each street asks about itself and about one that lies elsewhere, and its answer is compared with that of the twin city
which is the same inside and differs outside. Files are written for every layer and format, and every kind of report,
for some streets: the bodies that they are made of are asked for all. ``ONESCREEN_SCOPE_STREETS`` takes fewer streets.
Of a small province the first city asks about itself and about the second.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

from data.access.roles import MAY
from tests.bench.table import Verdict, show
from tests.dashboard.scope.asks import asked_words
from tests.dashboard.scope.check import leaks, refused
from tests.dashboard.scope.province import ProvinceSite, asked_of_its_days
from tests.dashboard.scope.site import NOBODYS, Said, Site
from tests.dashboard.scope.test_province import ask
from tests.dashboard.scope.test_scope import ASKED, NOWHERE, SLOW
from tests.dashboard.scope.test_twins import modelled
from tests.dashboard.scope.town import STREETS, Twin
from tests.provinces import Home, write_province

#: Every so many streets also ask for every file.
FILES = 43


def run() -> Verdict:
    """The figure: answers with anything of elsewhere; the goal: none."""
    folder, begun = Path(tempfile.mkdtemp()), time.monotonic()
    sites = {changed: Site(Twin(folder / changed, changed)) for changed in ("none", "odd", "even", "quiet")}
    found: Counter[str] = Counter()
    asked = 0
    streets = range(0, STREETS, max(1, STREETS // int(os.environ.get("ONESCREEN_SCOPE_STREETS", STREETS))))
    for street in streets:
        for at, role in enumerate(sorted(MAY)):
            for id in ASKED:
                if id not in SLOW or (street % FILES == 0 and role == "official"):
                    asked += _ask(sites, id, role, street, street + at, found)
        print(f"street {street}: {asked:,} answers, {sum(found.values())} with anything of elsewhere", flush=True)
    asked += _province(folder, found)
    show(("entry point", "leaks"), [[id, n] for id, n in found.most_common() if n] or [["none", 0]])
    print(
        f"{len(ASKED)} entry points, {len(MAY)} roles, {len(streets)} streets: {asked:,} answers in {time.monotonic() - begun:,.0f} s"
    )
    leaking = sum(found.values())
    return Verdict(f"{leaking} of {asked:,} answers", "0", leaking == 0)


#: What differs between two cities that are asked one after the other: the time, and how far a job is by then.
_MOMENT = re.compile(rb"\d\d:\d\d:\d\d")
_PROGRESS = re.compile(rb'"state":"\w+","done":\d+,"steps":\d+,"files":\[.*?\]')


def _bare(said: Said, site: Site, scope: str) -> bytes:
    return _PROGRESS.sub(b"*", _MOMENT.sub(b"*", refused(said, [site.jobs.get(scope, NOBODYS)])))


def _province(folder: Path, found: Counter[str]) -> int:
    """The same for the people of a city of a province, by every role."""
    (folder / "site").mkdir()
    home = Home(write_province(folder / "province", communities=[1]), folder / "province.db")
    site, many = ProvinceSite(home, folder / "site"), 0
    with asked_of_its_days(site.of):
        for role in sorted(MAY):
            for id in ASKED:
                for n in range(1 if id in SLOW else 4):
                    found[id] += len(ask(site, id, role, n))
                    many += 3
    site.close()
    home.store.close()
    return many


def _ask(sites: dict[str, Site], id: str, role: str, street: int, n: int, found: Counter[str]) -> int:
    """Counts what leaks; how many answers were looked at."""
    here, there = sites["none"], sites["even" if street % 2 else "odd"]
    if modelled(id) or "/wall/" in id or "small_numbers" not in MAY[role]:  # a wall's link says what it may show
        there = sites["quiet"] if street % 2 == 0 else here
    own, ask = here.plan.streets[street].code, ASKED[id]
    other = here.plan.streets[(street + 1 + n % (STREETS - 1)) % STREETS].code  # any but its own
    said, twin = ask(here.by(role, own), own, n), ask(there.by(role, own), own, n)
    found[id] += bool(leaks(said, here.plan, own)) or _bare(said, here, own) != _bare(twin, there, own)
    outside, nothing = ask(here.by(role, own), other, n), ask(here.by(role, own), NOWHERE, n)
    words = asked_words(here, other, n)
    found[id] += bool(leaks(outside, here.plan, own, words))
    found[id] += refused(outside, words) != refused(nothing, asked_words(here, NOWHERE, n))
    return 4
