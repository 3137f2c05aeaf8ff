"""Which cluster counts: the one whose scheduler the settings name. Its machines see the home and the ledgers under the
same paths, and have this program installed.

A new kind of cluster is one small file and a scheme here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from grid import dask, spark
from grid.engine import Engine, Threads, using
from grid.spread import sweep, wrong

#: Where in a home the parts of a build under way lie.
COUNTING = "counting"
#: Scheme of a scheduler's address -> what counts there.
CLUSTERS: Mapping[str, Callable[[str, Path], AbstractContextManager[Engine]]] = {
    "tcp": dask.engine,
    "tls": dask.engine,
    "spark": spark.engine,
}


@contextmanager
def counting_on(scheduler: str, folder: Path) -> Iterator[Engine]:
    """Within, ledgers are counted by the workers of the scheduler at an address; with none, by this machine's threads.
    ``folder``: where parts lie, seen by all; those that nobody went on with for a week are cleared away first.
    SettingsError where nobody answers, or what speaks to such a scheduler is not installed."""
    folder = folder.absolute()
    sweep(folder)
    if not scheduler:
        yield Threads()
        return
    scheme = scheduler.partition("://")[0]
    if scheme not in CLUSTERS:
        raise wrong(
            folder, f"{scheduler}：应为 tcp://…（Dask）或 spark://…", f"{scheduler}: it is tcp://… (Dask) or spark://…"
        )
    with CLUSTERS[scheme](scheduler, folder) as engine, using(engine):
        yield engine
