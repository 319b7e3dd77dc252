"""What an extension must not lack where a table, and not a registry, holds all of a kind.

Methods that register themselves are found by their files (`registry.import_all`). Each test here
reads the files of a folder, and names what a table or a page lacks.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

import chainrule
from chainrule import layers
from chainrule.cli.config import Config
from chainrule.data.augmentation import AUGMENTATIONS
from chainrule.data.augmentation import PRESETS as AUGMENTATION_PRESETS
from chainrule.data.preparation.encoding import ENCODINGS
from chainrule.data.preparation.projection import PROJECTIONS
from chainrule.data.preparation.scaling import SCALINGS
from chainrule.data.read_options import ReadKwargs, ReadOptions
from chainrule.data.reading.file_format import FileKind
from chainrule.data.reading.read import READERS
from chainrule.insight.findings import RULES
from chainrule.insight.report.page import SECTIONS
from chainrule.layers.initialisers import INITIALISERS
from chainrule.networks import NETWORKS
from chainrule.networks.blocks import NORMALISATIONS
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.ops.parts.loss import LOSSES
from chainrule.training.metrics import METRICS
from chainrule.training.optimizers import OPTIMIZERS
from chainrule.training.recipe.presets import PRESETS
from chainrule.training.schedules import SCHEDULES
from chainrule.training.settings.settings import Settings, SettingsKwargs
from tests.book import ENGLISH, KOREAN, pages

PACKAGE = Path(chainrule.__file__).parent

NAMES_IN_HELP = {
    "activation": ACTIVATIONS,
    "augment": [*AUGMENTATIONS, *AUGMENTATION_PRESETS],
    "encoding": ENCODINGS,
    "initialiser": INITIALISERS,
    "loss": LOSSES,
    "network": NETWORKS,
    "normalisation": NORMALISATIONS,
    "optimizer": OPTIMIZERS,
    "preset": PRESETS,
    "projection": PROJECTIONS,
    "scaling": SCALINGS,
    "schedule": SCHEDULES,
}


def functions(where: str, takes: str, returns: str) -> dict[str, str]:
    """Each function of some files by name, with its file, that has these annotations.

    Args:
        where: a pattern of the files in the package; those of `__init__` are left out.
        takes: pattern of the annotations of all arguments, divided by a comma and a space.
        returns: pattern of that of the result.
    """
    named: dict[str, str] = {}
    for path in sorted(PACKAGE.glob(where)):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or path.name == "__init__.py":
                continue
            arguments = [*node.args.args, *node.args.kwonlyargs]
            taken = ", ".join(ast.unparse(a.annotation) for a in arguments if a.annotation)
            returned = ast.unparse(node.returns) if node.returns else ""
            if re.fullmatch(takes, taken) and re.fullmatch(returns, returned):
                named[node.name] = str(path.relative_to(PACKAGE.parent))
    return named


def public(named: dict[str, str]) -> dict[str, str]:
    return {name: path for name, path in named.items() if not name.startswith("_")}


def lacking(named: dict[str, str], table: set[str]) -> dict[str, str]:
    """The functions that a table lacks; fails loudly where the annotations find nothing at all."""
    assert named
    return {name: path for name, path in named.items() if name not in table}


@pytest.mark.parametrize("option", NAMES_IN_HELP)
def test_the_help_of_an_option_has_every_name_that_it_takes(option: str) -> None:
    help_text = Config.declarations()[option].help
    names = set(re.findall(r"\w+", help_text))
    assert [name for name in NAMES_IN_HELP[option] if name not in names] == []


def test_the_keyword_arguments_are_the_fields_of_their_record() -> None:
    objects = {"optimizer", "schedule", "augment"}  # which train takes by name or as an object
    assert objects < chainrule.train.__annotations__.keys()
    assert SettingsKwargs.__annotations__.keys() | objects == Settings.model_fields.keys()
    assert ReadKwargs.__annotations__.keys() == ReadOptions.model_fields.keys()


def test_every_layer_is_exported_by_its_package() -> None:
    classes = {
        node.name: path.name
        for path in sorted((PACKAGE / "layers").glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        if any(isinstance(part, ast.FunctionDef) and part.name == "build" for part in node.body)
    }
    assert lacking(classes, set(layers.__all__)) == {}


def test_every_metric_is_measured_for_a_task() -> None:
    takes = r"Tensor, Tensor, Tensor \| None"
    metrics = public(functions("training/metrics/*.py", takes, r"float( \| None)?"))
    table = {metric.__name__ for of_task in METRICS.values() for metric in of_task.values()}
    assert lacking(metrics, table) == {}


def test_every_preset_has_its_name_and_its_line_in_the_book() -> None:
    presets = public(functions("training/recipe/presets.py", "Task, int", "Preset"))
    assert lacking(presets, {preset.__name__ for preset in PRESETS.values()}) == {}
    for page in (ENGLISH / "presets.md", KOREAN / "presets.md"):
        text = page.read_text(encoding="utf-8")
        assert [name for name in PRESETS if f"`{name}`" not in text] == [], page


def test_every_problem_is_looked_for_by_inspect() -> None:
    finders = public(functions("data/inspection/*.py", ".*", r"list\[Problem\]"))
    del finders["problems"]  # it calls all others
    tree = ast.parse((PACKAGE / "data/inspection/problems.py").read_text(encoding="utf-8"))
    calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) if hasattr(n.func, "id")}
    assert lacking(finders, calls) == {}


def test_every_rule_of_findings_is_applied() -> None:
    rules = functions("insight/findings.py", "Run", r"Finding \| None")
    assert lacking(rules, {rule.__name__ for rule in RULES}) == {}


def test_every_section_of_the_report_is_on_its_page_and_in_the_book() -> None:
    sections = public(functions("insight/report/*.py", "Evidence", "str"))
    del sections["page"]  # it is made of all others
    assert lacking(sections, {write.__name__ for _, write in SECTIONS.values()}) == {}
    text = (ENGLISH / "report.md").read_text(encoding="utf-8")
    assert [title for title, _ in SECTIONS.values() if f"\n| {title} | " not in text] == []


def test_every_kind_of_file_has_its_reader_and_is_named_in_the_book() -> None:
    readers = public(
        functions("data/reading/**/*.py", r"list\[Path\], \w+", "Table|Images|Dataset")
    )
    assert lacking(readers, {reader.read.__name__ for reader in READERS.values()}) == {}
    assert READERS.keys() == set(get_args(FileKind))
    for folder in (ENGLISH, KOREAN):
        book = "\n".join(page.read_text(encoding="utf-8") for page in pages(folder))
        words = set(re.findall(r"\w+", book.lower()))
        assert [kind for kind in READERS if kind not in words] == [], folder
