"""Write into the README and the pages of the book what their programs and commands print.

    python -m docs.write_outputs [PAGE ...]

Runs each page in a folder of its own and rewrites the blocks that are stale; the blocks of the
Korean page are those of the English one. Without arguments all pages are written.
tests/outputs.py describes the blocks; the tests fail where one is stale.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.book import ENGLISH, KOREAN, ROOT, fences, pages
from tests.outputs import outputs, place_to_run

# The languages of the blocks that show output.
OUTPUT = ("text", "console")


def write_outputs(page: Path) -> int:
    """Rewrite the stale blocks of a page, and of its Korean counterpart; return their number."""
    with tempfile.TemporaryDirectory() as folder, place_to_run(Path(folder)):
        shown = list(outputs(page))
    stale = [output for output in shown if output.is_stale]
    replace_blocks(page, {output.fence.line: output.printed for output in stale})
    korean = KOREAN / page.name
    if page.parent == ENGLISH and korean.exists():
        blocks = zip(fences(korean), fences(page), strict=True)
        shows = {ours.line: english.text for ours, english in blocks if ours.language in OUTPUT}
        replace_blocks(korean, shows)
    return len(stale)


def replace_blocks(page: Path, texts: dict[int, str]) -> None:
    """Replace the text of the blocks that begin at these lines."""
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    # From the last one on, so that the lines of the others stay where they are.
    for fence in reversed(fences(page)):
        if fence.line in texts:
            first = fence.line - 1
            lines[first : first + len(fence.text.splitlines())] = [texts[fence.line]]
    page.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Write the pages that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE")
    named = [page.resolve() for page in parser.parse_args().pages]
    for page in named or [ROOT / "README.md", *pages(ENGLISH)]:
        print(f"{page.relative_to(ROOT)}: {write_outputs(page)} blocks written", flush=True)


if __name__ == "__main__":
    main()
