"""Real clusters on this machine's loopback: a Dask scheduler and a Spark standalone master, with worker processes that
can be killed one by one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.needs import lacking
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
WORKERS = 2
#: Seconds for a cluster to come up on a machine that does much else.
PATIENCE = 300
#: JVMs that live for seconds: compiled quickly rather than well, one thread for their memory.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
#: What a small count needs of Spark; the product says nothing of it, so that these are read from spark-defaults.conf.
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.cores.max": str(WORKERS),  # one of each worker: two drivers at once find room
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
}


def until(done: Any, what: str) -> None:
    """Waits until ``done()``."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.1)


class Cluster:
    """A scheduler at ``address`` and its workers; what they say goes to a file in ``folder``."""

    address: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self) -> None:
        """One more worker process: who is killed stays so."""
        raise NotImplementedError

    def wait(self) -> None:
        """Until WORKERS have come, and nobody has gone."""
        until(self._complete, self.address)
        assert [process.returncode for process in self.processes if process.poll()] == [], self.folder

    def _complete(self) -> bool:
        raise NotImplementedError

    def kill_worker(self) -> None:
        """The last worker is no more."""
        victim = self.workers.pop()
        self.processes.remove(victim)
        victim.kill()
        victim.wait()

    def _run(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / "cluster.log").open("ab") as log:
            env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=env)
        self.processes.append(process)
        return process

    def __enter__(self) -> Self:
        try:
            self.wait()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every process that still lives; nothing that it keeps is wanted any more."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()


class Dask(Cluster):
    """A Dask scheduler and its workers, a thread each."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        for _ in range(WORKERS):
            self.add_worker()

    def add_worker(self) -> None:
        """See Cluster."""
        words = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        self.workers.append(self._start("worker", self.address, *words, "--local-directory", str(self.folder)))

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return self._run([sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:]])

    def _complete(self) -> bool:
        from distributed import Client

        with (
            contextlib.suppress(OSError),
            Client(self.address, timeout=5, set_as_default=False) as client,  # type: ignore[no-untyped-call]
        ):
            return len(client.scheduler_info(n_workers=-1)["workers"]) == WORKERS
        return False


class Spark(Cluster):
    """A Spark standalone master and its workers of the pip package; skips without Java.

    ``properties`` stand in a spark-defaults.conf of its own, whose folder is in ``environment`` for whoever drives it.
    """

    def __init__(self, folder: Path, properties: Mapping[str, str] = SMALL) -> None:
        if shutil.which("java") is None:
            lacking("java", "default-jre-headless")
        super().__init__(folder)
        self.asked = 0
        (folder / "conf").mkdir()
        lines = [f"{name} {value}\n" for name, value in properties.items()]
        (folder / "conf" / "spark-defaults.conf").write_text("".join(lines))
        self.environment = {
            "SPARK_CONF_DIR": str(folder / "conf"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LAUNCHER_OPTS": JAVA,
        }
        port = free_port()
        self.address = f"spark://127.0.0.1:{port}"
        self._start("master.Master", "--port", str(port))
        for _ in range(WORKERS):
            self.add_worker()

    def add_worker(self) -> None:
        """See Cluster."""
        words = ("--cores", "2", "--memory", "2g", "--work-dir", str(self.folder / "work"))
        self.workers.append(self._start("worker.Worker", *words, self.address))
        self.asked += 1

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        import pyspark

        home = Path(pyspark.__file__).parent
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
        own = {"SPARK_HOME": str(home), "SPARK_DAEMON_JAVA_OPTS": JAVA, "SPARK_DAEMON_MEMORY": "256m"}
        loopback = ("--host", "127.0.0.1", "--webui-port", "0")
        return self._run([*command, *loopback, *words], **self.environment, **own)

    def _complete(self) -> bool:
        """The master writes a line for each worker that has come."""
        told = (self.folder / "cluster.log").read_text(errors="replace")
        return told.count("Registering worker 127.0.0.1") >= self.asked
