from __future__ import annotations

import contextlib
import json
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from jobtalk_server import ROOT, Console, JobtalkServer

EXAMPLES = pathlib.Path(__file__).parent / "examples"


@pytest.fixture(scope="session")
def document() -> dict[str, dict[str, Any]]:
    """The examples of the API document, letter by letter: operation, then `request` or the status as printed."""
    return json.loads((EXAMPLES / "api-document.json").read_text())


@pytest.fixture(scope="session")
def description() -> dict[str, Any]:
    """`openapi.yaml`."""
    return yaml.safe_load((ROOT / "openapi.yaml").read_text())


@contextlib.contextmanager
def starting(directories: pytest.TempPathFactory) -> Iterator[Callable[..., JobtalkServer]]:
    """Starts servers, with arguments and variables, that end with the block."""
    servers: list[JobtalkServer] = []

    def start(*arguments: str, **environment: str) -> JobtalkServer:
        servers.append(JobtalkServer(directories.mktemp("jobtalk"), *arguments, **environment))
        return servers[-1]

    try:
        yield start
    finally:
        for server in servers:
            server.stop()


@pytest.fixture(scope="module")
def new_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., JobtalkServer]]:
    """Starts servers that end with the module's tests."""
    with starting(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobtalkServer]:
    """The one that tests share which leave no traces that matter to others."""
    with starting(tmp_path_factory) as start:
        yield start()


@pytest.fixture(scope="session")
def admin(server: JobtalkServer) -> Console:
    return server.console()
