"""A Dask cluster as the engine that counts: workers on many machines, which see the same folders. Extra ``[cluster]``.

Whoever counts asks the scheduler for a ``concurrent.futures.Executor`` and leaves the rest to it: a worker that is lost
has its pieces counted again by the others. On each machine: ``dask worker tcp://scheduler:8786``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.errors import Both, SettingsError
from grid.engine import Engine, Spread, Threads, using

#: Where in a home the parts of a build under way lie.
COUNTING = "counting"
#: How often a piece is tried again whose worker was lost.
RETRIES = 3
#: Seconds to wait for the scheduler.
PATIENCE = 10


@contextmanager
def counting_on(scheduler: str, folder: Path) -> Iterator[Engine]:
    """Within, ledgers are counted by the workers of the scheduler at an address; with none, by this machine's threads.
    ``folder``: where parts lie, seen by all. SettingsError where nobody answers, or Dask is not installed."""
    if not scheduler:
        yield Threads()
        return
    with _client(scheduler, folder) as client:
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            raise _wrong(folder, f"{scheduler} 没有工作进程", f"{scheduler} has no workers")
        engine = Spread(client.get_executor(pure=False, retries=RETRIES), folder, workers)
        with using(engine):
            yield engine


@contextmanager
def _client(scheduler: str, folder: Path) -> Iterator[Any]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise _wrong(
            folder, "未安装 Dask：pip install onescreen[cluster]", "no Dask: install onescreen[cluster]"
        ) from error
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise _wrong(folder, f"{scheduler} 无应答", f"{scheduler} does not answer") from error
    with client:
        yield client


def _wrong(folder: Path, zh: str, en: str) -> SettingsError:
    return SettingsError(home=folder.parent, where="scheduler", detail=Both(zh, en))
