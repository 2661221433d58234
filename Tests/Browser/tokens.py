"""Tokens as a server makes them, for sessions that end when a test wants it."""

from __future__ import annotations

import base64
import hmac
import json

from jobtalk_server import JobtalkServer


def ending(server: JobtalkServer, token: str, moment: int) -> str:
    """The same session, signed with the server's own key, but for its end: seconds since 1970."""
    key = (server.data / "jwt.key").read_bytes().strip()
    head, claims, _ = token.split(".")
    claims = _encoded(json.dumps({**json.loads(_decoded(claims)), "exp": moment}).encode())
    return f"{head}.{claims}.{_encoded(hmac.digest(key, f'{head}.{claims}'.encode(), 'sha256'))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
