"""The real program, with a data directory of its own, and a console to talk to it."""

from __future__ import annotations

import functools
import os
import pathlib
import re
import time
from typing import Any

import requests
import schemathesis

from processes import Process

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Another build can be put to the test: JOBTALK names its program.
PROGRAM = pathlib.Path(os.environ.get("JOBTALK", ROOT / ".build/debug/jobtalk"))
API = schemathesis.openapi.from_path(ROOT / "openapi.yaml")
ADMIN = {"username": "admin", "password": "Admin@2024"}


class JobtalkServer:
    """A running server."""

    def __init__(self, directory: pathlib.Path, *arguments: str, **environment: str) -> None:
        self.directory = directory
        self.data = directory / "data"
        self._process = Process(
            [PROGRAM, "serve", "--port", "0", "--data-dir", self.data, *arguments], directory / "jobtalk.log",
            {"PATH": "/usr/bin:/bin", "JOBTALK_ADMIN_PASSWORD": ADMIN["password"], **environment})
        self._process.wait_until(lambda: "is serving" in self.log)
        self.url = re.search(r"is serving (http://[\d.:]+)", self.log)[1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self) -> None:
        self._process.stop()

    @property
    def log(self) -> str:
        return self._process.text

    @property
    def is_running(self) -> bool:
        return self._process.is_running

    @property
    def partner_files(self) -> pathlib.Path:
        """Where the files of `sqlite` partners are."""
        folder = self.data / "partners"
        folder.mkdir(exist_ok=True)
        return folder

    def console(self, username: str = ADMIN["username"], password: str = ADMIN["password"]) -> Console:
        """Signs in."""
        return Console(self.url, username, password)

    @functools.cached_property
    def administrator(self) -> Console:
        """Signed in once, for whom it does not matter how: passwords are slow to check, on purpose."""
        return self.console()


class Console(requests.Session):
    """Somebody who signed in; paths are relative to the server."""

    def __init__(self, url: str, username: str, password: str) -> None:
        super().__init__()
        self.trust_env = False
        self.url = url
        answer = self.post("/api/auth/login", json={"username": username, "password": password})
        answer.raise_for_status()
        self.user: dict[str, Any] = answer.json()["user"]
        self.token: str = answer.json()["access_token"]
        self.headers["Authorization"] = f"Bearer {self.token}"

    def request(self, method: str, path: str, *arguments: Any, **options: Any) -> requests.Response:
        """Every answer is held to the API's description."""
        answer = super().request(method, self.url + path, *arguments, **{"timeout": 70, **options})
        if operation := API.find_operation_by_path(method, path.split("?")[0]):
            assert str(answer.status_code) in operation.definition.raw["responses"], (method, path, answer.status_code)
            operation.validate_response(answer)
        return answer

    def read(self, path: str, **parameters: Any) -> Any:
        """The body of a GET that must go well."""
        answer = self.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def add(self, **partner: Any) -> str:
        """Adds a partner, and tells its id."""
        answer = self.post("/api/partners", json=partner)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def metrics(self, partner: str, seconds: float = 30) -> dict[str, Any]:
        """The first numbers of a partner, once they are there."""
        end = time.monotonic() + seconds
        while True:
            answer = self.get(f"/api/partners/{partner}/metrics")
            if answer.status_code == 200:
                return answer.json()
            standing = self.read(f"/api/partners/{partner}")
            assert answer.status_code == 404 and time.monotonic() < end, standing
            time.sleep(0.1)
