"""A look into the page's own modules, where no click leads."""

from __future__ import annotations

from typing import Any

from visitor import Visitor


def run_inside(visitor: Visitor, module: str, function: str, argument: object = None) -> Any:
    """Calls a JavaScript function with what a module of Dashboard exports, and with an argument."""
    return visitor.page.evaluate(
        """async ([module, argument]) => {
            const main = document.querySelector("script[src$='/main.js']").src;
            return await (%s)(await import(new URL(module, main).href), argument);
        }""" % function, [module, argument])
