"""Schemathesis against the served description: what it allows, what it forbids, and chains of both."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

import partner_database
from jobtalk_server import ADMIN, ROOT, JobtalkServer

HOOKS = pathlib.Path(__file__).parent / "fuzzing/hooks.py"
LEAST_CASES = 2_000

CONFIGURATION = """
seed = 1
color = false
request-timeout = 30
continue-on-failure = true

[generation]
max-examples = {examples}
# In a path these are another path.
codec = "utf-8"

[auth.dynamic.openapi.bearerAuth]
path = "/api/auth/login"
payload = {{ username = "{username}", password = "{password}" }}
extract_selector = "/access_token"
retry_on = [401]

[dictionaries]
partners = {{ values = {partners} }}
users = {{ values = {users} }}

[parameters]
"path.partner_id" = {{ dictionary = "partners", probability = 0.7 }}
"path.user_id" = {{ dictionary = "users", probability = 0.7 }}

[checks.positive_data_acceptance]
# Some rules no schema can state: a name is taken, an end comes before its start.
expected-statuses = ["2xx", 400, 401, 403, 404, 422]

[phases.stateful]
max-steps = 6

# The event stream never ends by itself: its beginning is enough here.
[[operations]]
include-operation-id = "streamDashboard"
max-stream-events = 1
request-timeout = 5
"""


@pytest.fixture
def fuzzed(new_server: Callable[..., JobtalkServer]) -> JobtalkServer:
    # The fuzzer's failed logins come from other addresses than its own.
    return new_server(JOBTALK_TRUSTED_PROXIES="127.0.0.1")


def test_no_fault_of_the_server_no_undocumented_answer(
    fuzzed: JobtalkServer, tmp_path: pathlib.Path, record_property: Callable[[str, object], None]
) -> None:
    console = fuzzed.console()
    path = fuzzed.partner_files / "live.db"
    partner_database.write_file(path, partner_database.live())
    partner = console.add(partnerName="Live", dbType="sqlite", dbName=path.name)
    console.metrics(partner)
    user = {"username": "viewer", "email": "viewer@example.com", "role": "VIEWER", "password": "seven tall ships"}
    viewer = console.post("/api/users", json=user).json()["id"]

    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION.format(
        examples=20, **ADMIN, partners=[partner], users=[viewer, console.user["id"]]))
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", configuration, "run", "--checks", "all",
         os.environ.get("FUZZ_SCHEMA", f"{fuzzed.url}/openapi.json"), "--url", fuzzed.url],
        cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS), "FUZZ_KEPT": f"{partner},{console.user['id']},{viewer}"})
    print(run.stdout)
    assert run.returncode == 0
    cases = sum(int(count) for count in re.findall(r"(\d+) generated", run.stdout))
    assert cases >= LEAST_CASES
    assert fuzzed.is_running
    assert '"error"' not in fuzzed.log and " error " not in fuzzed.log
