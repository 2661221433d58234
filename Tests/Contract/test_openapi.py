"""The description of the API: valid, true to the API document, and with examples that are true to itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from comparing import differences
from jobtalk_server import Console

METHODS = ("get", "post", "put", "delete")
# The parameters that the API document gives its operations; all others have none.
QUERIES = {
    "GET /api/partners/{partner_id}/logs": {"limit"},
    "GET /api/partners/{partner_id}/period-stats": {"start_date", "end_date"},
    "GET /api/all-partners/period-stats": {"start_date", "end_date"},
}


def operation(description: dict[str, Any], name: str) -> dict[str, Any]:
    method, path = name.split(" ")
    return description["paths"][path][method.lower()]


def resolved(description: dict[str, Any], node: Any) -> Any:
    """What a reference stands for."""
    if not isinstance(node, dict) or "$ref" not in node:
        return node
    target: Any = description
    for step in node["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return target


def examples(media: dict[str, Any]) -> list[Any]:
    return [media["example"]] if "example" in media else [each["value"] for each in media["examples"].values()]


def media_with_examples(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if "schema" in node and ("example" in node or "examples" in node):
            yield place, node
        for key, value in node.items():
            yield from media_with_examples(value, f"{place}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from media_with_examples(value, f"{place}/{number}")


def test_description_is_valid(description: dict[str, Any]) -> None:
    validate(description)


def test_description_is_served_as_json_and_as_yaml(admin: Console, description: dict[str, Any]) -> None:
    as_json, as_yaml = admin.get("/openapi.json"), admin.get("/openapi.yaml")
    assert as_json.status_code == as_yaml.status_code == 200
    validate(as_json.json())
    assert as_json.json() == description
    assert yaml.safe_load(as_yaml.text) == description


def test_examples_fit_their_schemas(description: dict[str, Any]) -> None:
    registry = Registry().with_resource("urn:api", Resource(contents=description, specification=DRAFT202012))
    faults = []
    for place, media in media_with_examples(description):
        validator = Draft202012Validator(_absolute(media["schema"]), registry=registry)
        faults += [f"{place}: {error.message}" for each in examples(media) for error in validator.iter_errors(each)]
    assert faults == []


def _absolute(node: Any) -> Any:
    """The same schema with references that hold outside its document."""
    if isinstance(node, dict):
        return {key: f"urn:api{value}" if key == "$ref" else _absolute(value) for key, value in node.items()}
    return [_absolute(element) for element in node] if isinstance(node, list) else node


def test_examples_are_those_of_the_document(description: dict[str, Any], document: dict[str, dict[str, Any]]) -> None:
    faults = []
    for name, documented in document.items():
        described = operation(description, name)
        for kind, example in documented.items():
            if kind == "request":
                found = examples(described["requestBody"]["content"]["application/json"])
            else:
                response = resolved(description, described["responses"][kind.split(" ")[0]])
                found = examples(response["content"]["application/json"])
            if all(differences(example, each, may_add=kind != "request") for each in found):
                faults.append(f"{name} {kind}: {[differences(example, each, may_add=True) for each in found]}")
    assert faults == []


def test_documented_operations_take_no_other_parameters(
    description: dict[str, Any], document: dict[str, dict[str, Any]]
) -> None:
    for name in document:
        path = description["paths"][name.split(" ")[1]]
        described = operation(description, name)
        parameters = path.get("parameters", []) + described.get("parameters", [])
        parameters = [resolved(description, each) for each in parameters]
        assert {each["name"] for each in parameters if each["in"] != "path"} == QUERIES.get(name, set()), name


def test_every_operation_says_who_may_call_it(description: dict[str, Any]) -> None:
    for path, methods in description["paths"].items():
        for method in METHODS:
            if described := methods.get(method):
                is_open = described.get("security") == []
                assert is_open != ("x-required-role" in described), f"{method} {path}"
                assert is_open == ("/api/auth/login" == path or "/health" == path), f"{method} {path}"
                assert ("403" in described["responses"]) == (described.get("x-required-role") == "ADMIN")
