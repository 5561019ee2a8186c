"""For tests of many computers: a real dask scheduler and two worker processes, on this one."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import IO, NamedTuple


class Cluster(NamedTuple):
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: subprocess.Popen[bytes]


@contextlib.contextmanager
def started_cluster(folder: Path, certificate: str = "") -> Generator[Cluster]:
    """A scheduler and two workers of one thread each; with a certificate, one. Gone when the block ends."""
    folder.mkdir(exist_ok=True)
    tls = [f"--tls-{name}={certificate}" for name in ("ca-file", "cert", "key")] if certificate else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": ""}
    with contextlib.ExitStack() as ends, (folder / "log.txt").open("wb") as log:

        def start(words: list[str], told: IO[bytes] | int) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-P", "-m", "dask", *words, "--host=127.0.0.1", "--no-dashboard", *tls]
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=told, cwd=folder)
            ends.enter_context(process)
            ends.callback(process.kill)
            return process

        scheduler = start(["scheduler", "--port=0", f"--protocol={'tls' if certificate else 'tcp'}"], subprocess.PIPE)
        address = _address(scheduler)
        options = [
            *(["--no-nanny"] if certificate else ["--nworkers=2"]),
            "--nthreads=1",
            f"--local-directory={folder}",
            "--death-timeout=60",
        ]
        yield Cluster(address, scheduler, start(["worker", address, *options], log))


def _address(scheduler: subprocess.Popen[bytes]) -> str:
    """What a scheduler says it can be reached at."""
    assert scheduler.stderr is not None
    said: list[str] = []
    for line in scheduler.stderr:
        said.append(line.decode())
        if found := re.search(r"Scheduler at: +(\S+)", said[-1]):
            return found[1]
    raise AssertionError("".join(said))
