"""The servers that are measured, each in a directory of its own and ended with the `with` block."""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("JOBTALK", ROOT / ".build/release/jobtalk"))
PASSWORD = "measured twice 42"


@contextlib.contextmanager
def directory():
    """A temporary directory that other users may enter."""
    path = tempfile.mkdtemp(prefix="jobtalk-bench-")
    os.chmod(path, 0o711)
    try:
        yield pathlib.Path(path)
    finally:
        shutil.rmtree(path)


@contextlib.contextmanager
def process(command, log, enter=None, **options):
    """A child that is ended, by force if it must be. `enter` runs in it before the program starts."""
    with open(log, "wb") as output:
        child = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            preexec_fn=enter, **options)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_until(ready, child, log, limit=60):
    """Waits for a condition; shows the log if the child ends or the time passes first."""
    deadline = time.monotonic() + limit
    while not ready():
        if child.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"{child.args[0]} is not ready; it wrote:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.02)


def answers(host, port):
    try:
        socket.create_connection((host, port), 0.5).close()
        return True
    except OSError:
        return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Jobtalk:
    """A running `jobtalk serve` and a client signed in to it."""

    def __init__(self, url, child):
        self.url, self.child, self.token = url, child, None

    def call(self, method, path, body=None):
        """The decoded answer; raises for anything but success."""
        request = urllib.request.Request(self.url + path, method=method)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def sign_in(self, password):
        answer = self.call("POST", "/api/auth/login", {"username": "admin", "password": password})
        self.token = answer["access_token"]


@contextlib.contextmanager
def jobtalk(*arguments, password=PASSWORD):
    if not BINARY.exists():
        sys.exit(f"{BINARY} is not there: swift build -c release --product jobtalk")
    with directory() as home:
        port, log = free_port(), home / "log"
        environment = {"PATH": os.environ["PATH"], "JOBTALK_ADMIN_PASSWORD": PASSWORD, "JOBTALK_LOG_LEVEL": "warning"}
        command = [BINARY, "serve", "--port", port, "--data-dir", home / "data", *arguments]
        with process(command, log, env=environment) as child:
            wait_until(lambda: "is serving" in log.read_text(errors="replace"), child, log)
            server = Jobtalk(f"http://127.0.0.1:{port}", child)
            server.sign_in(password)
            yield server


def machine():
    """One line that says what the figures were measured on."""
    cpu = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    load = os.getloadavg()[0]
    return f"{cpu}, {os.cpu_count()} cores, load {load:.1f}, {time.strftime('%Y-%m-%d')}, {BINARY.parent.name} build"
