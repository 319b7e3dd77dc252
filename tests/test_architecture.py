"""docs/architecture.md names only paths that exist, and every room of the package."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "chainrule"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def named_paths(page: str) -> list[str]:
    """Files and folders in code style; others are those of a run."""
    return re.findall(r"`([\w./]+(?:\.(?:py|c|md|toml)|/))`", page)


def missing(paths: list[str]) -> list[str]:
    """Those that are neither in the package nor in the repository."""
    return [p for p in paths if not (PACKAGE / p).exists() and not (ROOT / p).exists()]


def rooms() -> list[str]:
    """The packages of chainrule, two levels deep, as the page names them."""
    files = [*PACKAGE.glob("*/__init__.py"), *PACKAGE.glob("*/*/__init__.py")]
    return sorted(f"{file.parent.relative_to(PACKAGE).as_posix()}/" for file in files)


def test_every_path_on_the_page_exists() -> None:
    paths = named_paths(PAGE)
    assert len(paths) > 100
    assert missing(paths) == []


def test_a_path_that_has_moved_is_noticed() -> None:
    assert missing(named_paths("`training/loop.py`, `plan/` and `docs/gone.md`")) == [
        "training/loop.py",
        "docs/gone.md",
    ]


def test_every_room_has_its_row_in_the_table_and_nothing_else_has() -> None:
    rows = re.findall(r"^\| `([\w/]+/)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == rooms()


def test_every_class_and_function_that_the_page_names_is_defined() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    named = set(re.findall(r"`([A-Z]\w+[a-z]\w*|[a-z]+(?:_[a-z]+)+)`", PAGE))
    assert {name for name in named if not re.search(rf"\b{name}\b", source)} == set()
