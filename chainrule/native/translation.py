"""Translation: from a bound call of torch to the kernel that does the same.

A call is a function of torch with its arguments, such as `partial(torch.mul, a, b, out=y)`, or a
method of a tensor that changes it, such as `partial(y.mul_, b)`. Both are y = mul(a, b). A rule is
looked up by that name and called with y and the other arguments. Where it returns None, or does not
take one of the arguments, the call stays as it is. A function of chainrule can have a rule too, as
"chainrule.name".
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from chainrule.graph.operation import Call
from chainrule.native.kernel import Kernel
from chainrule.registry import Registry

Rule = Callable[..., Kernel | None]

TRANSLATIONS: Registry[Rule] = Registry("translation of a call")


def translates(name: str) -> Callable[[Rule], Rule]:
    """Register a rule for the function of that name: rule(y, *arguments, **settings)."""
    return TRANSLATIONS.register(name)


def translate(call: Call) -> Kernel | None:
    """Return the kernel that does the same as a call, or None if there is none."""
    function, arguments, settings = _parts(call)
    name = _name(function)
    if name is None or name not in TRANSLATIONS:
        return None
    if isinstance(owner := getattr(function, "__self__", None), Tensor):
        arguments = (owner, *arguments)
    y = settings.pop("out", None)
    y = settings.pop("grad_input", y)
    if y is None and function.__name__.endswith("_"):
        y = arguments[0]
    rule = TRANSLATIONS[name]
    if y is None or not _takes(rule, y, *arguments, **settings):
        return None
    is_empty = any(isinstance(x, Tensor) and not x.numel() for x in arguments)
    return None if is_empty else rule(y, *arguments, **settings)


def _takes(rule: Rule, *arguments: object, **settings: object) -> bool:
    try:
        _signature(rule).bind(*arguments, **settings)
    except TypeError:
        return False
    return True


@cache
def _signature(rule: Rule) -> inspect.Signature:
    return inspect.signature(rule)


def _parts(call: Call) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    if isinstance(call, partial):
        return call.func, call.args, dict(call.keywords)
    return call, (), {}


def _name(function: Callable[..., Any]) -> str | None:
    """Return "mul" for torch.mul and the method mul_, "chainrule.look_up" for one of chainrule's.

    None for functions of other libraries.
    """
    if isinstance(function, torch._ops.OpOverload):
        return function._schema.name.removeprefix("aten::")
    name: str = getattr(function, "__name__", "")
    is_method = isinstance(getattr(function, "__self__", None), Tensor)
    if is_method or getattr(torch, name, None) is function:
        return name.removesuffix("_")
    is_ours = getattr(function, "__module__", "").startswith("chainrule.")
    return f"chainrule.{name}" if is_ours else None
