"""Compares an answer with the API document's example of it, key by key."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any


class Like:
    """Stands for any value of a kind, where a document can only show one."""

    def __init__(self, kind: str, fits: Callable[[Any], bool]) -> None:
        self.kind = kind
        self.fits = fits

    def __repr__(self) -> str:
        return f"<{self.kind}>"


TEXT = Like("text", lambda value: isinstance(value, str) and value != "")
TIME = Like("time", lambda value: bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(value))))
COUNT = Like("count", lambda value: type(value) is int and value >= 0)


def replacing(example: Any, **values: Any) -> Any:
    """The example with other values for some keys, wherever they stand in it."""
    if isinstance(example, dict):
        return {key: values.get(key, replacing(value, **values)) for key, value in example.items()}
    return [replacing(element, **values) for element in example] if isinstance(example, list) else example


def differences(expected: Any, answer: Any, *, may_add: bool, place: str = "answer") -> list[str]:
    """What is missing, different or, unless `may_add`, more than expected. An object may always lack nothing."""
    if isinstance(expected, Like):
        return [] if expected.fits(answer) else [f"{place} is {answer!r}, not {expected}"]
    if isinstance(expected, dict) and isinstance(answer, dict):
        found = [f"{place}.{key} is missing" for key in expected if key not in answer]
        if not may_add:
            found += [f"{place}.{key} is not documented" for key in answer if key not in expected]
        for key in expected.keys() & answer.keys():
            found += differences(expected[key], answer[key], may_add=may_add, place=f"{place}.{key}")
        return found
    if isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
        found = []
        for number, (one, other) in enumerate(zip(expected, answer)):
            found += differences(one, other, may_add=may_add, place=f"{place}[{number}]")
        return found
    return [] if _same(expected, answer) else [f"{place} is {answer!r}, not {expected!r}"]


def _same(expected: Any, answer: Any) -> bool:
    """Equal, and of the same type of JSON: `true` is not 1; a number documented with a fraction may come without."""
    numbers = (int, float)
    if type(expected) in numbers and type(answer) in numbers:
        return expected == answer and (type(expected) is float or type(answer) is int)
    return type(expected) is type(answer) and expected == answer
