"""What the server serves of its description is what is written in the repository."""

from __future__ import annotations

from typing import Any

import requests

from jobtalk_server import ROOT, JobtalkServer


def test_the_document_is_served_as_it_was_written(server: JobtalkServer) -> None:
    answer = requests.get(server.url + "/openapi.yaml", timeout=10)
    assert answer.headers["Content-Type"] == "application/yaml"
    assert answer.content == (ROOT / "openapi.yaml").read_bytes()


def test_the_document_in_json_says_the_same(server: JobtalkServer, description: dict[str, Any]) -> None:
    answer = requests.get(server.url + "/openapi.json", timeout=10)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == description
    # In the same order too: viewers show it as it is written.
    assert list(answer.json()["paths"]) == list(description["paths"])
