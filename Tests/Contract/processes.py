"""Child processes that end with the tests, however those end."""

from __future__ import annotations

import contextlib
import ctypes
import pathlib
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class Process:
    """A program on its way, with what it says in a file."""

    def __init__(
        self, command: Sequence[str | pathlib.Path], output: pathlib.Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.output = output
        with output.open("ab") as sink:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, env=environment,
                preexec_fn=lambda: _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))

    @property
    def text(self) -> str:
        return self.output.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self._child.poll() is None

    def descendants(self) -> list[int]:
        """The processes below it, parents first."""
        found = [self._child.pid]
        for process in found:
            with contextlib.suppress(FileNotFoundError):
                found += map(int, pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split())
        return found[1:]

    def wait_until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Waits for what is to become true; an end of the process, or no end of waiting, is an error."""
        end = time.monotonic() + seconds
        while not condition():
            if not self.is_running:
                raise RuntimeError(f"{self._child.args} ended with {self._child.returncode}:\n{self.text[-4000:]}")
            if time.monotonic() > end:
                raise TimeoutError(f"{self._child.args} did not get ready:\n{self.text[-4000:]}")
            time.sleep(0.05)

    def stop(self, seconds: float = 20) -> int:
        """Ends it in good order, and tells how it ended."""
        self._child.terminate()
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            raise


def free_port() -> int:
    """A loopback port that nobody listens on now.

    It lies below the range that the kernel gives to outgoing connections: none of those takes it before its server is
    up, or while that is away.
    """
    while True:
        port = random.randrange(11_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def answers(port: int) -> bool:
    """Whether somebody listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
