"""The book says what is true: its programs run, its commands are understood, its pages build."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

import chainrule as cr
from chainrule.cli.app import app
from chainrule.cli.command_options import CheckOptions, EvaluateOptions, PredictOptions
from chainrule.cli.config import Config, load_config, parse_options
from chainrule.cli.methods import method_kinds, methods_command
from chainrule.cli.prepare_run import make_request
from chainrule.data.dataset import DataKind
from chainrule.errors import InputError
from chainrule.training.recipe.presets import INCOMPATIBLE, MINI_BATCH_SETTINGS, OPTIMIZER_SETTINGS
from chainrule.training.recipe.recipe import build_network, resolve
from docs.write_outputs import write_outputs
from tests.book import ENGLISH, KOREAN, ROOT, fences, pages, prose
from tests.outputs import outputs, place_to_run

IN_ENGLISH = pages(ENGLISH)
every_page = pytest.mark.parametrize("page", IN_ENGLISH, ids=lambda page: page.stem)
WRITE = "write it by: python -m docs.write_outputs"
EVERY_PAGE_THERE_IS = [*IN_ENGLISH, *pages(KOREAN)]


def commands_of(page: Path) -> list[str]:
    """The command lines of a page, in its blocks and in its text."""
    blocks = [fence.text for fence in fences(page) if fence.language == "bash"]
    lines = [line for block in blocks for line in block.splitlines()]
    within = re.findall(r"`(chainrule [^`]+)`", prose(page))
    return [line for line in [*lines, *within] if line.startswith("chainrule ")]


COMMANDS = sorted({line for page in EVERY_PAGE_THERE_IS for line in commands_of(page)})


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Path]:
    """A working directory with the data of `chainrule demo`."""
    with place_to_run(tmp_path):
        yield tmp_path


def run_programs(page: Path) -> None:
    """Run the programs and the commands of a page.

    Raises:
        AssertionError: one prints something else than the page shows.
    """
    for output in outputs(page):
        stale = f"{page.name}, line {output.fence.line}: is stale; {WRITE} {page.name}"
        assert not output.is_stale, f"{stale}. Printed was:\n{output.printed}"


@every_page
@pytest.mark.usefixtures("demo")
def test_every_program_and_command_of_a_page_prints_what_the_page_shows(page: Path) -> None:
    run_programs(page)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "blocks",
    [
        "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n",
        "```console\n$ chainrule --version\nchainrule\n```\n",
        "```console\n$ chainrule inspect demo/none.csv\nNo such file.\n```\n",
    ],
    ids=["program", "command", "error"],
)
def test_a_page_that_shows_something_else_than_is_printed_is_refused(
    tmp_path: Path, blocks: str
) -> None:
    page = tmp_path / "page.md"
    page.write_text(blocks)
    with pytest.raises(AssertionError, match=r"page\.md, line \d: is stale; write it"):
        run_programs(page)


@pytest.mark.usefixtures("demo")
def test_the_command_that_writes_outputs_writes_the_stale_ones(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    command = "```console\n$ chainrule --version\n{}\n```\n"
    program = "```python\nprint(1 + 1)\n```\n\n```text\n{}\n```\n"
    text = f"{command}\n{program}"
    page.write_text(text.format("chainrule", 3))
    assert write_outputs(page) == 2
    assert page.read_text() == text.format(f"chainrule {cr.__version__}", 2)
    assert write_outputs(page) == 0


def named_options() -> set[str]:
    """The options of all commands, as they are written: those of records and those of commands."""
    records = (Config, PredictOptions, EvaluateOptions, CheckOptions)
    options = [option for command in registered_commands().values() for option in command.params]
    own = {name for option in options if option.param_type_name == "option" for name in option.opts}
    declared = {
        f"--{name.replace('_', '-')}"
        for record in records
        for name, option in record.declarations().items()
        if not option.python_only
    }
    return declared | own


def registered_commands() -> dict[str, Any]:
    """The commands by name."""
    group: Any = get_command(app)  # its type does not say that it is a group
    return dict(group.commands)


@pytest.mark.parametrize("folder", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_every_command_is_a_section_of_the_page_of_commands(folder: Path) -> None:
    sections = re.findall(r"^## ([\w-]+)", prose(folder / "commands.md"), re.MULTILINE)
    assert sections == [*registered_commands()]


@pytest.mark.parametrize("folder", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_every_option_is_named_on_a_page(folder: Path) -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages(folder))
    named = set(re.findall(r"--[a-z][a-z0-9-]*", text))
    assert named_options() - named == set()


@pytest.mark.parametrize("folder", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_every_option_of_a_page_is_one_of_the_program(folder: Path) -> None:
    others = {"--help", "--only", "--turns", "--threads", "--write"}  # of Typer, of benchmarks
    for page in pages(folder):
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", prose(page)))
        assert named - named_options() - others == set(), page.name


@pytest.mark.parametrize("folder", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_every_table_of_the_benchmarks_is_on_a_page(folder: Path) -> None:
    text = "\n".join(map(prose, pages(folder)))
    tables = {page.name for page in (ROOT / "benchmarks").glob("*.md")} - {"README.md"}
    assert set(re.findall(r'^--8<-- "(\w+\.md)"', text, re.MULTILINE)) >= tables


@pytest.mark.parametrize("folder", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_the_page_of_presets_has_the_settings_that_give_way(folder: Path) -> None:
    text = prose(folder / "presets.md")
    rows = re.findall(r"^\| .*`--(\w+)(?: lbfgs)?`.* \| (.*) \|$", text, re.MULTILINE)
    in_page = [(option, tuple(re.findall(r"`(\w+)`", settings))) for option, settings in rows]
    assert {("optimizer", OPTIMIZER_SETTINGS), *INCOMPATIBLE.items()} <= set(in_page)
    assert ("optimizer", MINI_BATCH_SETTINGS) in in_page


def test_every_error_that_a_page_quotes_is_printed_by_a_command_or_program() -> None:
    for page in [ROOT / "README.md", *EVERY_PAGE_THERE_IS]:
        run = [f for f in fences(page) if f.language in ("console", "python") or f.follows]
        not_run = [f.text for f in fences(page) if f not in run]
        quoted = re.findall(r".*\bgot\b.*\bexpected\b.*", "\n".join([prose(page), *not_run]))
        assert quoted == [], page.name


def understood(command: str) -> None:
    """Read a command line as the program would, values included, and run nothing.

    Raises:
        InputError: a value can't be used.
        typer.Exit: after help.
        Exception: of the command line's library, for an unknown command or option.
    """
    name, *arguments = shlex.split(command)[1:]
    group = get_command(app)
    context = group.make_context("chainrule", [name, *arguments])
    _, chosen, rest = group.resolve_command(context, [name, *arguments])  # type: ignore[attr-defined]  # a group has it
    given = chosen.make_context(name, rest, parent=context).params
    if name in ("train", "cross-validate", "range-test"):
        options = {n: v for n, v in given.items() if n not in ("out", "json", "config", "folds")}
        request = make_request(load_config(options, None))
        resolve(request, "classification", 1000, _kind_of(given["data"] or "")).build_network(3)
    elif name == "check":
        options = {name: value for name, value in given.items() if name != "draw"}
        build_network(parse_options(CheckOptions, options), outputs=3)
    elif name == "methods":
        methods_command(given["kind"], given["name"])


def _kind_of(data: str) -> DataKind:
    """The kind of data that a page means, which is not there."""
    if "idx3" in data:
        return "grey arrays"
    return "photographs" if data.endswith("/") else "table"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_line_is_understood(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with contextlib.suppress(typer.Exit):
        understood(command)


@pytest.mark.parametrize(
    "command",
    [
        "chainrule trian data.csv",
        "chainrule train data.csv --optimiser adam",
        "chainrule train data.csv --optimizer adma",
        "chainrule check --network mlp --blocks 3",
        "chainrule train houses.csv --target price --normalisation batch",
    ],
)
def test_a_command_line_with_a_mistake_is_noticed(command: str) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|not known|does not have"):
        understood(command)


@pytest.mark.parametrize("kind", method_kinds())
def test_the_methods_of_a_kind_all_say_what_they_are(kind: str) -> None:
    for method in method_kinds()[kind].methods.values():
        assert method.sentence, method.name


@pytest.mark.parametrize("page", [ENGLISH / "methods.md", KOREAN / "methods.md"], ids=["en", "ko"])
def test_the_page_of_methods_has_a_place_for_every_kind(page: Path) -> None:
    assert re.findall(r"<!-- methods (\w+) -->", page.read_text(encoding="utf-8")) == [
        *method_kinds()
    ]


@pytest.mark.parametrize(
    ("asked", "nearest"), [(("optimizer",), "optimizers"), (("optimizers", "adma"), "adam")]
)
def test_a_misspelt_kind_or_method_is_refused_with_the_nearest(
    asked: tuple[str, ...], nearest: str
) -> None:
    with pytest.raises(InputError, match=rf"is not known\. Did you mean '{nearest}'"):
        methods_command(*asked)


def test_without_a_kind_every_method_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    methods_command()
    printed = capsys.readouterr().out
    for kind, of in method_kinds().items():
        assert f"{kind} ({of.use})" in printed
        for name in of.methods:
            assert f"\n  {name} " in printed


def test_all_about_a_method_is_its_docstring_and_its_defaults(
    capsys: pytest.CaptureFixture[str],
) -> None:
    methods_command("optimizers", "adam")
    printed = capsys.readouterr().out
    assert "w <- w - learning_rate * m' / (sqrt(v') + epsilon)" in printed
    assert "Source: Kingma & Ba (2015)" in printed
    assert "Settings and defaults: beta1=0.9, beta2=0.999, epsilon=1e-08" in printed


@pytest.mark.parametrize("folder", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_the_start_page_links_the_pages_in_the_order_of_the_navigation(folder: Path) -> None:
    pages_of_book = re.findall(r": (\w+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    listed = re.findall(
        r"^(?:\d+\.|-) \[.*?\]\((\w+\.md)\)", prose(folder / "index.md"), re.MULTILINE
    )
    assert listed == pages_of_book[1:]


@every_page
def test_every_page_has_its_korean_counterpart(page: Path) -> None:
    assert (KOREAN / page.name).exists()


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("headings", r"^(#+) "),
        ("pictures", r"!\[.*?\]\((.*?)\)"),
        ("formulas", r"\$\$?([^$]+?)\$\$?"),
        ("links", r"(?<!!)\[[^\]]*\]\(([^)#]+)"),
        ("rows of tables", r"^(\|)"),
    ],
)
@pytest.mark.parametrize("page", pages(KOREAN), ids=lambda page: page.stem)
def test_a_korean_page_has_what_the_english_one_has(page: Path, what: str, pattern: str) -> None:
    def found(in_page: Path) -> list[str]:
        every = re.findall(pattern, prose(in_page), re.MULTILINE)
        # Another language puts words, and what stands beside them, in another order.
        return every if what == "headings" else sorted(map(_without_words, every))

    assert found(page) == found(ENGLISH / page.name)


def _without_words(formula: str) -> str:
    return re.sub(r"\\text\{.*?\}", "", formula)


@pytest.mark.parametrize("page", pages(KOREAN), ids=lambda page: page.stem)
def test_a_korean_page_has_the_programs_and_commands_of_the_english_one(page: Path) -> None:
    def blocks(of_page: Path) -> list[tuple[str, str]]:
        return [(fence.language, fence.text) for fence in fences(of_page)]

    assert blocks(page) == blocks(ENGLISH / page.name)


def test_the_book_builds_without_a_warning_and_needs_no_network_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    pictures = tmp_path / "pictures"
    _stand_ins(pictures)
    monkeypatch.setenv("CHAINRULE_PICTURES", str(pictures))
    monkeypatch.chdir(ROOT)
    site = tmp_path / "site"
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(site), strict=True))
    built = sorted(site.rglob("*.html"))
    assert {page.stem for page in IN_ENGLISH} <= {page.stem for page in built}
    for page in built:
        html = page.read_text(encoding="utf-8")
        formulas = re.findall(r"<math.*?</math>", html, re.DOTALL)
        assert "$$" not in html
        assert "arithmatex" not in html
        assert not [formula for formula in formulas if "\\" in formula], "not understood"
        fetched = re.findall(r"<(?:script|img|link)[^>]+(?:src|href)=\"?(https?://[^\" >]+)", html)
        assert [address for address in fetched if "canonical" not in address] == [], page


def _stand_ins(folder: Path) -> None:
    """A picture and a finding for each that the pages show, as examples take their time."""
    folder.mkdir()
    names = {name for page in IN_ENGLISH for name in re.findall(r"/(\d\d_\w+)\.png", prose(page))}
    assert {path.stem for path in (ROOT / "examples").glob("[0-9]*.py")} <= names
    for name in names:
        (folder / f"{name}.png").write_bytes((ROOT / "docs/pictures/demo-curves.png").read_bytes())
        (folder / f"{name}.txt").write_text("FINDING: none\n")
