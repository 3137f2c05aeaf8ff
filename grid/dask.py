"""A Dask cluster as the engine that counts. Extra ``[cluster]``.

Whoever counts asks the scheduler for a ``concurrent.futures.Executor`` and leaves the rest to it: a worker that is lost
has its pieces counted again by the others. On each machine: ``dask worker tcp://scheduler:8786``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grid.engine import Engine
from grid.spread import Spread, wrong

#: How often a piece is tried again whose worker was lost.
RETRIES = 3
#: Seconds to wait for the scheduler.
PATIENCE = 10


@contextmanager
def engine(scheduler: str, folder: Path) -> Iterator[Engine]:
    """The workers of the scheduler at an address. SettingsError where nobody answers, or Dask is not installed."""
    with _client(scheduler, folder) as client:
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            raise wrong(folder, f"{scheduler} 没有工作进程", f"{scheduler} has no workers")
        yield Spread(client.get_executor(pure=False, retries=RETRIES), folder, workers, _lost())


def _lost() -> tuple[type[Exception], ...]:
    from distributed import CancelledError, KilledWorker
    from distributed.comm.core import CommClosedError

    return CancelledError, KilledWorker, CommClosedError


@contextmanager
def _client(scheduler: str, folder: Path) -> Iterator[Any]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        zh, en = "未安装 Dask：pip install onescreen[cluster]", "no Dask: install onescreen[cluster]"
        raise wrong(folder, zh, en) from error
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise wrong(folder, f"{scheduler} 无应答", f"{scheduler} does not answer") from error
    with client:
        yield client
