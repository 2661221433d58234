"""What comes to a page over the wire."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page


class Wire:
    """Counts what a page receives, as it comes: compressed, with its headers, and of streams what has come so far."""

    def __init__(self, page: Page) -> None:
        self._received: dict[str, float] = {}
        self._addresses: dict[str, str] = {}
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.responseReceived", self._begin)
        devtools.on("Network.dataReceived", lambda event: self._add(event, event))
        devtools.on("Network.loadingFinished", self._settle)
        devtools.send("Network.enable")

    @property
    def bytes(self) -> float:
        return sum(self._received.values())

    def bytes_from(self, path: str) -> float:
        """Those of addresses that end so."""
        return sum(count for request, count in self._received.items() if self._addresses[request].endswith(path))

    def _begin(self, event: dict[str, Any]) -> None:
        self._addresses[event["requestId"]] = event["response"]["url"]
        self._add(event, event["response"])

    def _add(self, event: dict[str, Any], more: dict[str, Any]) -> None:
        request = event["requestId"]
        self._received[request] = self._received.get(request, 0) + more["encodedDataLength"]

    # Exactly, once it is known.
    def _settle(self, event: dict[str, Any]) -> None:
        self._received[event["requestId"]] = event["encodedDataLength"]
