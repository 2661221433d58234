"""Keeps the fuzzer on this machine, and from locking itself out. Schemathesis loads this by SCHEMATHESIS_HOOKS.

Every hook changes what is about to be sent, and Schemathesis judges the answer by what was sent in the end.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import random
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import EnsureResourceAvailability, UseAfterFree

LOOPBACK = "127.0.0.1"
# Nobody listens there, so that whoever is asked to connect is refused at once.
CLOSED_PORT = 1
# By the name of a parameter: who must stay as they are, because there would be nothing to look at or nobody to sign
# in, and who may be changed and removed in their place.
KEPT: dict[str, str] = json.loads(os.environ["FUZZ_KEPT"])
EXPENDABLE: dict[str, str] = json.loads(os.environ["FUZZ_EXPENDABLE"])

_dice = random.Random(1)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    operation = case.operation.definition.raw.get("operationId")
    if operation in ("createPartner", "updatePartner", "testUnsavedConnection") and isinstance(case.body, dict):
        keep_at_home(case.body, is_new=operation != "updatePartner")
    aim_at_somebody(case, is_harmful=operation in ("deletePartner", "updatePartner", "deleteUser", "updateUser"))
    if operation == "logout":
        end_another_session(case)
    if operation == "login":
        # Too many failed logins of one address close it, and the fuzzer itself must be able to sign in again.
        address = f"10.{_dice.randrange(256)}.{_dice.randrange(256)}.7"
        case.headers = {**(case.headers or {}), "X-Forwarded-For": address}


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext, failure: Failure, case: schemathesis.Case, response: schemathesis.Response
) -> bool:
    """Drops what the hooks themselves, or an understandable mistake, make look like a fault."""
    # Deleting all logs leaves an empty list, which is still there.
    is_emptied = case.operation.definition.raw.get("operationId") == "listConnectionLogs"
    # Not the one that was just created, but one that `aim_at_somebody` put in the place of another.
    is_aimed = any(id in EXPENDABLE.values() for id in (case.path_parameters or {}).values())
    return not (
        is_emptied and isinstance(failure, UseAfterFree)
        or is_aimed and isinstance(failure, EnsureResourceAvailability))


def keep_at_home(partner: dict[str, Any], *, is_new: bool) -> None:
    """No host but this one, and no visits: what is wrong in a body stays wrong."""
    aim(partner, "dbHost", "dbPort", is_new=is_new)
    if is_new or partner.get("isActive") is True:
        partner["isActive"] = partner["isActive"] if not isinstance(partner.get("isActive", True), bool) else False
    if isinstance(partner.get("sshConfig"), dict):
        aim(partner["sshConfig"], "host", "port", is_new=True)


def aim(endpoint: dict[str, Any], host: str, port: str, *, is_new: bool) -> None:
    """Points a valid host and port, or one that is left to its default, at a closed port of this machine."""
    if isinstance(endpoint.get(host), str) and 0 < len(endpoint[host]) <= 255:
        endpoint[host] = LOOPBACK
    is_number = isinstance(endpoint.get(port), int) and not isinstance(endpoint.get(port), bool)
    if (is_number and 1 <= endpoint[port] <= 65535) or (is_new and port not in endpoint):
        endpoint[port] = CLOSED_PORT


def aim_at_somebody(case: schemathesis.Case, *, is_harmful: bool) -> None:
    """Names somebody who exists, most of the time: random ids are nobody's. Chains of requests know whom they mean."""
    is_chain = case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL
    for name in KEPT.keys() & (case.path_parameters or {}).keys():
        if not is_chain and _dice.random() < 0.7:
            case.path_parameters[name] = KEPT[name]
        if is_harmful and case.path_parameters[name] == KEPT[name]:
            case.path_parameters[name] = EXPENDABLE[name]


def end_another_session(case: schemathesis.Case) -> None:
    """Lets a good token be one of its own, made as the server makes them: each logout would cost a login."""
    token = (case.headers or {}).get("Authorization", "")
    if not token.startswith("Bearer ey"):
        return
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    signed = ".".join(map(encoded, [{"alg": "HS256", "typ": "JWT"}, {**claims, "jti": f"fuzz-{_dice.random()}"}]))
    signature = hmac.digest(os.environ["FUZZ_SECRET"].encode(), signed.encode(), "sha256")
    case.headers["Authorization"] = f"Bearer {signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
