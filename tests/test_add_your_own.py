"""One extension of each kind in a copy of the repository: found if complete, named if not.

In one copy each has all places that `docs/en/add_your_own.md` lists, and the tests that find their
cases in the package pass with it. In another each lacks them, and the tests that the page lists
fail and name it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.book import ENGLISH, ROOT, prose
from tests.extensions import EXTENSIONS, Extension

# The tests in the last column of the page.
GUARDS = (
    "tests/data/preparation/test_projection.py",
    "tests/data/preparation/test_scaling.py",
    "tests/data/test_every_role.py",
    "tests/layers/test_initialisers.py",
    "tests/test_nothing_forgotten.py",
    "tests/test_options.py",
    "tests/training/schedules/test_every_schedule.py",
    "tests/training/test_optimizers.py",
)
# Other tests that find their cases in the package.
OTHERS = (
    "tests/data/augmentation/test_every_transform.py",
    "tests/data/preparation/test_encoding.py",
    "tests/insight/test_stored_run.py",
    "tests/networks/test_networks.py",
    "tests/ops/test_every_op.py",
    "tests/training/test_metrics.py",
    "tests/training/test_presets.py",
)
# Words in the names of tests that are of all extensions of a kind.
OF_ALL = (
    *("test_found", "forgotten", "every_role"),
    *("counterpart", "compared", "stated", "is_known", "its_inverse", "keyword_arguments"),
)

# The tests of the copy alone.
FOUND = "tests/extensions_found.py"


@dataclass(frozen=True)
class Outcome:
    """The tests of a copy, by their path and name, with the texts of those that failed."""

    passed: list[str]
    failed: dict[str, str]


def outcome_of(root: Path, tests: Sequence[str]) -> Outcome:
    """Run those of the tests of a copy that are of the extensions, in a process of their own."""
    chosen = " or ".join([*(extension.name for extension in EXTENSIONS), *OF_ALL])
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", chosen]
    done = subprocess.run(
        [*command, "--junitxml=outcome.xml", FOUND, *tests],
        cwd=root,
        env={**outside, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr  # else no test was run
    passed: list[str] = []
    failed: dict[str, str] = {}
    for case in ElementTree.parse(root / "outcome.xml").iter("testcase"):
        name = f"{case.attrib['classname'].replace('.', '/')}.py::{case.attrib['name']}"
        texts = [f"{part.text}" for part in case if part.tag in ("failure", "error")]
        if texts:
            failed[name] = "".join(texts)
        else:
            passed.append(name)
    return Outcome(passed, failed)


def copied(root: Path) -> Path:
    """Copy what the tests need; compiled files as well, which saves seconds."""
    being_written = shutil.ignore_patterns("*.pyc.*")  # by another process of the tests
    for folder in ("chainrule", "tests", "docs/en", "docs/ko"):
        shutil.copytree(ROOT / folder, root / folder, ignore=being_written)
    shutil.copy2(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the tests say where every extension has all of its places."""
    root = copied(tmp_path_factory.mktemp("complete"))
    for extension in EXTENSIONS:
        for edit in (*extension.code, *extension.places):
            edit.apply(root)
    return outcome_of(root, [*GUARDS, *OTHERS])


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What they say where all places but the code of an extension were forgotten."""
    root = copied(tmp_path_factory.mktemp("forgotten"))
    for extension in EXTENSIONS:
        for edit in extension.code:
            edit.apply(root)
    return outcome_of(root, GUARDS)


def rows_of_the_page() -> dict[str, list[str]]:
    """The cells of the table by what is added: files, how it is found, tests."""
    rows = re.findall(r"^\| (.+) \|$", prose(ENGLISH / "add_your_own.md"), re.MULTILINE)
    cells = [row.split(" | ") for row in rows]
    return {first: others for first, *others in cells[1:] if len(others) == 3}


def paths_in(cell: str) -> set[str]:
    """The paths of a cell, from the root of the repository; pages of both languages for English."""
    paths = re.findall(r"`([\w/]+\.(?:py|md))`", cell)
    named = {p if p.startswith(("docs/", "tests/")) else f"chainrule/{p}" for p in paths}
    return named | {path.replace("docs/en/", "docs/ko/") for path in named}


every_extension = pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda e: e.kind)


def test_each_kind_of_extension_is_tried() -> None:
    by_hand = {"operation"}  # as the activation and the loss are operations
    assert {extension.kind for extension in EXTENSIONS} | by_hand == rows_of_the_page().keys()


@every_extension
def test_the_page_names_the_files_that_it_touches(extension: Extension) -> None:
    assert paths_in(rows_of_the_page()[extension.kind][0]) == extension.paths


@pytest.mark.parametrize(
    ("kind", "files"), [("training option", 2), ("reading option", 2), ("column role", 3)]
)
def test_few_files_of_the_package_are_touched(kind: str, files: int) -> None:
    (extension,) = [extension for extension in EXTENSIONS if extension.kind == kind]
    assert sum(path.startswith("chainrule/") for path in extension.paths) == files


def test_with_all_places_every_test_passes(complete: Outcome) -> None:
    assert complete.failed == {}


@every_extension
def test_it_is_found(extension: Extension, complete: Outcome) -> None:
    assert [name for name in complete.passed if extension.name in name.split("::")[1]] != []


@every_extension
def test_a_forgotten_place_is_named_by_the_test_on_the_page(
    extension: Extension, forgotten: Outcome
) -> None:
    naming = {
        test.split("::")[0]
        for test, text in forgotten.failed.items()
        if re.search(rf"\b{extension.name}\b", test + text)
    }
    assert paths_in(rows_of_the_page()[extension.kind][2]) <= naming


@pytest.mark.parametrize("extension", [e for e in EXTENSIONS if e.registered], ids=lambda e: e.kind)
def test_a_file_that_registers_itself_is_found_whatever_was_forgotten(
    extension: Extension, forgotten: Outcome
) -> None:
    test = f"{FOUND}::test_found_by_methods[{extension.listed}-{extension.name}]"
    assert test in forgotten.passed
