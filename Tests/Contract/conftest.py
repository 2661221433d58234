from __future__ import annotations

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


@pytest.fixture(scope="session")
def new_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., JobtalkServer]]:
    """Starts further servers, which end with the tests."""
    servers: list[JobtalkServer] = []

    def start(*arguments: str, **environment: str) -> JobtalkServer:
        servers.append(JobtalkServer(tmp_path_factory.mktemp("jobtalk"), *arguments, **environment))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(new_server: Callable[..., JobtalkServer]) -> JobtalkServer:
    """The one that tests share which leave no traces that matter to others."""
    return new_server()


@pytest.fixture(scope="session")
def admin(server: JobtalkServer) -> Console:
    return server.console()
