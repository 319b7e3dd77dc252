"""The pages of the book: what each has in it, and a place in which its programs can run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainrule.graph.operation import OPERATIONS
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.ops.parts.loss import LOSSES
from chainrule.training.optimizers import OPTIMIZERS

ROOT = Path(__file__).parent.parent
ENGLISH, KOREAN = ROOT / "docs" / "en", ROOT / "docs" / "ko"

_FENCE = re.compile(r"^```(\w*)(?: title=\"(.*?)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """A block between fences.

    Attributes:
        language: such as python, bash or text.
        title: of the block, "" for none; of a program the file that it is.
        text: within the fences.
        line: at which the text begins, from 1.
        follows: whether only blank lines are between it and the block before.
    """

    language: str
    title: str
    text: str
    line: int
    follows: bool


def pages(folder: Path) -> list[Path]:
    """All pages of a language, in order."""
    return sorted(folder.glob("*.md"))


def fences(page: Path) -> list[Fence]:
    """The blocks of a page, in order."""
    text, end = page.read_text(encoding="utf-8"), 0
    found: list[Fence] = []
    for fence in _FENCE.finditer(text):
        between = text[end : fence.start()]
        line = text.count("\n", 0, fence.start(3)) + 1
        follows = bool(found) and not between.strip()
        found.append(Fence(fence[1], fence[2] or "", fence[3], line, follows))
        end = fence.end()
    return found


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


@contextmanager
def registries_restored() -> Iterator[None]:
    """What is registered within is forgotten afterwards."""
    registries: list[dict[str, Any]] = [OPERATIONS, ACTIVATIONS, LOSSES, OPTIMIZERS]
    before = [dict(registry) for registry in registries]
    try:
        yield
    finally:
        for registry, content in zip(registries, before, strict=True):
            registry.clear()
            registry.update(content)
