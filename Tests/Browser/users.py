"""Users of their own, for what must not happen to the administrator of all tests."""

from __future__ import annotations

import uuid

from jobtalk_server import Console

PASSWORD = "Autumn-leaves-1"


def add_user(console: Console, *, role: str = "ADMIN") -> str:
    """Makes one with `PASSWORD`, and tells the name."""
    name = f"colleague-{uuid.uuid4().hex[:8]}"
    answer = console.post(
        "/api/users", json={"username": name, "email": f"{name}@example.com", "role": role, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return name
