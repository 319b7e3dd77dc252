"""README, CONTRIBUTING, CHANGELOG, SECURITY and the log of trials name only what is there."""

import re
from pathlib import Path

import pytest

import chainrule

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/tried.md"]
every_page = pytest.mark.parametrize("page", PAGES)


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@every_page
def test_every_link_to_a_file_has_its_file(page: str) -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", text_of(page))
    assert [link for link in linked if not (ROOT / page).parent.joinpath(link).is_file()] == []


@every_page
def test_every_file_in_code_style_is_there(page: str) -> None:
    named = re.findall(r"`((?:chainrule|tests|docs|\.ci)/[\w/.]+)`", text_of(page))
    assert [name for name in named if not (ROOT / name).exists()] == []


@every_page
def test_every_benchmark_that_is_named_can_be_run(page: str) -> None:
    named = set(re.findall(r"python -m benchmarks\.(\w+)", text_of(page)))
    assert [name for name in named if not (ROOT / f"benchmarks/{name}.py").is_file()] == []


def test_every_test_that_holds_a_statement_on_security_is_there() -> None:
    defined = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", text_of("SECURITY.md")))
    assert len(named) > 20
    assert named - defined == set()


def test_the_commands_to_contribute_are_those_of_the_makefile() -> None:
    targets = re.findall(r"^(\w+):", text_of("Makefile"), re.MULTILINE)
    commands = re.findall(r"^ {4}make (\w+)", text_of("CONTRIBUTING.md"), re.MULTILINE)
    assert commands == ["demo", "test", "lint"]
    assert set(commands) <= set(targets)


def test_the_changelog_has_the_version_and_what_is_unreleased() -> None:
    headings = re.findall(r"^## \[(.+?)\]", text_of("CHANGELOG.md"), re.MULTILINE)
    assert headings[:2] == ["Unreleased", chainrule.__version__]
