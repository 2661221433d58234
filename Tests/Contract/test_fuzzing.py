"""Schemathesis against the served description: what it allows, what it forbids, and chains of both."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

import partner_database
from jobtalk_server import ADMIN, JobtalkServer

HOOKS = pathlib.Path(__file__).parent / "fuzzing/hooks.py"
# For each operation and phase.
EXAMPLES = 30
LEAST_CASES = 2_000
SECRET = "signs the tokens of this one server"

CONFIGURATION = """
seed = 1
color = false
request-timeout = 30
continue-on-failure = true

[generation]
max-examples = {examples}

[auth.dynamic.openapi.bearerAuth]
path = "/api/auth/login"
payload = {{ username = "{username}", password = "{password}" }}
extract_selector = "/access_token"
retry_on = [401]

[checks.positive_data_acceptance]
# Some rules no schema can state, and most random ids are nobody's.
expected-statuses = ["2xx", 400, 401, 403, 404, 422]

[phases.stateful]
max-steps = 6

# The event stream never ends by itself: its beginning is enough here.
[[operations]]
include-operation-id = "streamDashboard"
max-stream-events = 1
request-timeout = 5

# A good password costs a second of computing or more: fewer of those, and as many bad ones.
[[operations]]
include-operation-id = ["login", "changePassword", "createUser", "updateUser"]
generation.max-examples = 4
phases.coverage.generation.mode = "negative"
"""


def test_no_fault_of_the_server_and_no_undocumented_answer(
    new_server: Callable[..., JobtalkServer], tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The fuzzer's failed logins come from other addresses than its own, see the hooks.
    server = new_server(JOBTALK_TRUSTED_PROXIES="127.0.0.1", JOBTALK_JWT_SECRET=SECRET)
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION.format(examples=EXAMPLES, **ADMIN))
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", configuration, "run", f"{server.url}/openapi.json",
         "--checks", "all", "--url", server.url],
        cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **peopled(server)})
    assert run.returncode == 0, run.stdout
    cases = int(re.search(r"Test cases:\s+(\d+) generated", run.stdout)[1])
    with capsys.disabled():
        print(f"\nschemathesis: {cases} cases generated and judged")
    assert cases >= LEAST_CASES
    assert server.is_running and " ERROR " not in server.log


def peopled(server: JobtalkServer) -> dict[str, str]:
    """Gives the server a partner in trouble and another user, and the hooks their names."""
    console = server.console()
    file = server.partner_files / "live.db"
    partner_database.write_file(file, partner_database.live(limit=5))
    live = console.add(partnerName="Live", dbType="sqlite", dbName=file.name)
    console.metrics(live)
    alert = console.read("/api/alerts")[0]["id"]
    spare = console.add(partnerName="Spare", dbType="sqlite", dbName=file.name, isActive=False)
    viewer = console.post("/api/users", json={
        "username": "viewer", "email": "viewer@example.com", "role": "VIEWER", "password": "seven tall ships",
    }).json()["id"]
    return {
        "SCHEMATHESIS_HOOKS": str(HOOKS), "FUZZ_SECRET": SECRET,
        "FUZZ_KEPT": json.dumps({"partner_id": live, "user_id": console.user["id"], "alert_id": alert}),
        "FUZZ_EXPENDABLE": json.dumps({"partner_id": spare, "user_id": viewer}),
    }
