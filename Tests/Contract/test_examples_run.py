"""The API document's two programs, unchanged but for the base URL."""

from __future__ import annotations

import json
import pathlib
import subprocess
from collections.abc import Callable
from typing import Any


from conftest import EXAMPLES
from jobtalk_server import ADMIN, JobtalkServer

DOCUMENTED_BASE = "https://your-domain.com/api"
PERIOD = ("2024-11-01", "2024-11-30")

# What the JavaScript example asks of axios, and no more.
AXIOS = """
async function send(method, url, { params, headers }, body) {
  const query = params === undefined ? "" : `?${new URLSearchParams(params)}`;
  const response = await fetch(url + query, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`Request failed with status code ${response.status}`);
  return { data: await response.json() };
}

export default {
  get: (url, options = {}) => send("GET", url, options),
  post: (url, body, options = {}) => send("POST", url, options, body),
};
"""

CALLS = """
const login_ = await login({username}, {password});
console.log(JSON.stringify([login_, await getDashboard(), await getAllPartnersStats({start}, {end})]));
"""


def check(login: Any, dashboard: Any, stats: Any) -> None:
    assert login["token_type"] == "bearer" and login["user"]["username"] == "admin"
    assert dashboard["totalPartners"] >= 0 and "lastUpdated" in dashboard
    assert stats["period"] == {"startDate": PERIOD[0], "endDate": PERIOD[1]} and stats["success"] is True


def with_base_url(name: str, server: JobtalkServer) -> str:
    program = (EXAMPLES / name).read_text()
    assert program.count(DOCUMENTED_BASE) == 1
    return program.replace(DOCUMENTED_BASE, f"{server.url}/api")


def test_python_example(server: JobtalkServer) -> None:
    example: dict[str, Callable[..., Any]] = {}
    exec(with_base_url("example.py", server), example)
    check(example["login"](**ADMIN), example["get_dashboard"](), example["get_all_partners_stats"](*PERIOD))


def test_javascript_example(server: JobtalkServer, tmp_path: pathlib.Path) -> None:
    axios = tmp_path / "node_modules/axios"
    axios.mkdir(parents=True)
    (axios / "package.json").write_text('{"type": "module", "main": "index.js"}')
    (axios / "index.js").write_text(AXIOS)
    values = {**ADMIN, "start": PERIOD[0], "end": PERIOD[1]}
    calls = CALLS
    for name, value in values.items():
        calls = calls.replace("{" + name + "}", json.dumps(value))
    program = tmp_path / "example.mjs"
    program.write_text(with_base_url("example.js", server) + calls)
    run = subprocess.run(["node", program], text=True, capture_output=True, timeout=120)
    assert run.returncode == 0, run.stderr
    check(*json.loads(run.stdout))
