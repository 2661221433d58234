"""Requests a second of the answers that dashboards poll, with 1 000 partners, by wrk with 64 connections."""
import re
import shutil
import subprocess
import sys
import time
import urllib.request

import servers

PARTNERS = 1000
SECONDS = 10
CONNECTIONS = 64


def measure():
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: apt-get install wrk")
    with servers.jobtalk("--demo", "--demo-partners", PARTNERS, password="Admin@2024") as server:
        await_snapshots(server)
        print(f"\n## Throughput, {PARTNERS} partners, {CONNECTIONS} connections ({servers.machine()})\n")
        print("| request | bytes | req/s | p50 | p99 |\n| --- | ---: | ---: | ---: | ---: |")
        for name, path, conditional in [
            ("`/health`", "/health", False),
            ("`/api/dashboard/overview`", "/api/dashboard/overview", False),
            ("`/api/dashboard/partners`", "/api/dashboard/partners", False),
            ("the same when unchanged (304)", "/api/dashboard/partners", True),
        ]:
            if conditional:
                # Visits change the answer, and its tag with it: still it while the unchanged one is measured.
                server.call("PUT", "/api/settings", {"autoRefreshEnabled": False})
                time.sleep(3)
            size, tag = look(server, path)
            rate, middle, slow = wrk(server, path, tag if conditional else None)
            print(f"| {name} | {size:,} | {rate:,.0f} | {middle} | {slow} |".replace(",", " "))


def await_snapshots(server):
    """Almost all: a few of the demo's partners are in trouble on purpose."""
    deadline = time.monotonic() + 180
    while True:
        overview = server.call("GET", "/api/dashboard/overview")
        if overview["freshPartners"] >= 0.8 * PARTNERS:
            return
        if time.monotonic() > deadline:
            sys.exit(f"the demo's partners are not visited: {overview}")
        time.sleep(0.5)


def look(server, path):
    request = urllib.request.Request(server.url + path, headers={"Authorization": f"Bearer {server.token}"})
    with urllib.request.urlopen(request) as response:
        return len(response.read()), response.headers.get("ETag")


def wrk(server, path, tag):
    headers = ["-H", f"Authorization: Bearer {server.token}"]
    if tag:
        headers += ["-H", f"If-None-Match: {tag}"]
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", *headers, server.url + path]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    failures = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)", output)
    if failures:
        sys.exit(f"{path} failed under load:\n{output}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    percentiles = dict(re.findall(r"^\s+(\d+)%\s+(\S+)", output, re.MULTILINE))
    return rate, percentiles["50"], percentiles["99"]
