"""The public names: a screenful, each where it says, and none that loads PyTorch too early."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule


@pytest.mark.parametrize("name", chainrule.__all__)
def test_each_public_name_can_be_had(name: str) -> None:
    assert getattr(chainrule, name).__name__ == name


def test_each_public_name_has_a_home_and_no_other_has() -> None:
    assert set(chainrule._HOMES) == set(chainrule.__all__)
    assert len(chainrule._HOMES) == len(chainrule.__all__)


def test_homes_are_in_order() -> None:
    assert list(chainrule._HOMES) == sorted(chainrule._HOMES)


def test_type_checkers_import_each_public_name_from_its_home() -> None:
    tree = ast.parse(Path(chainrule.__file__).read_text(encoding="utf-8"))
    (guarded,) = [node for node in tree.body if isinstance(node, ast.If)]
    assert ast.unparse(guarded.test) == "TYPE_CHECKING"
    imports = {
        name.name: (node.module or "").removeprefix("chainrule.")
        for node in guarded.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    assert imports == chainrule._HOMES


def test_each_home_is_where_the_name_is_defined_or_below() -> None:
    for name, home in chainrule._HOMES.items():
        assert getattr(chainrule, name).__module__.startswith(f"chainrule.{home}"), name


def test_all_public_names_are_listed_for_completion() -> None:
    assert set(chainrule.__all__) <= set(dir(chainrule))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'chainrule' has no attribute 'Lstm'$"):
        chainrule.Lstm  # noqa: B018


@pytest.mark.parametrize("module", ["chainrule", "chainrule.cli"])
def test_importing_it_does_not_wait_for_pytorch(module: str) -> None:
    code = f"import sys, {module}; print('torch' in sys.modules, 'duckdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_training_loads_no_reader_of_files() -> None:
    readers = "{'duckdb', 'PIL', 'rich'}"
    code = f"import sys; from chainrule import train; print({readers} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
