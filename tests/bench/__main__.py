"""``python -m tests.bench NAME``: run one bench; its last line is ``NAME: figure (goal)``.

Without a name, lists them. Exits 1 where a figure falls short of its goal, 2 for an unknown name.
"""

from __future__ import annotations

import importlib
import sys

#: name -> module with ``run() -> tests.bench.table.Verdict``.
BENCHES = {
    "locate": "tests.bench.locate",
    "count": "tests.bench.count",
    "codes": "tests.bench.codes",
    "slabs": "tests.bench.slabs",
    "painter": "tests.bench.painter",
    "first_page": "tests.bench.first_page",
    "reconcile": "tests.bench.reconcile",
    "reports": "tests.bench.reports",
    "wall": "tests.bench.wall",
    "soak": "tests.bench.soak",
    "rules": "tests.bench.rules",
    "import_risk": "tests.bench.import_risk",
    "forecast": "tests.bench.forecast",
    "analytics": "tests.bench.analytics",
    "attacker": "tests.bench.attacker",
    "kills": "tests.bench.kills",
    "scope": "tests.bench.scope",
    "asof": "tests.bench.asof",
    "freshness": "tests.bench.freshness",
    "hostile": "tests.bench.hostile",
    "load": "tests.bench.load",
    "several": "tests.bench.several",
    "transfer": "tests.bench.transfer",
    "loop": "tests.bench.loop",
    "intake": "tests.bench.intake",
    "cluster": "tests.bench.cluster",
    "growth": "tests.bench.growth",
    "province": "tests.bench.province",
}


def main(words: list[str]) -> int:
    """The exit status of the named bench."""
    if len(words) != 1 or words[0] not in BENCHES:
        print("python -m tests.bench", "|".join(BENCHES))
        return 2 if words else 0
    verdict = importlib.import_module(BENCHES[words[0]]).run()
    print(verdict.line(words[0]))
    return 0 if verdict.met else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
