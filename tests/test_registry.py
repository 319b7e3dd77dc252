"""Registries: methods by the names and texts that people write."""

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from unittest import mock

import pytest

from chainrule.errors import InputError
from chainrule.ranges import Range
from chainrule.registry import Registry, named


@dataclass(frozen=True)
class Cosine:
    low: Annotated[float, Range(0, 1)] = 0.0
    cycles: int = 1
    at: tuple[float, ...] = (0.5,)
    form: str = "half"
    restart: bool = False


@dataclass(frozen=True)
class Constant:
    pass


REGISTRY: Registry[type] = Registry("schedule", cosine=Cosine, constant=Constant)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cosine", Cosine()),
        ("constant", Constant()),
        ("cosine:0.1", Cosine(low=0.1)),
        ("cosine:cycles=3", Cosine(cycles=3)),
        ("cosine:low=1e-3,at=0.1/0.9", Cosine(low=0.001, at=(0.1, 0.9))),
        ("cosine:at=0.1,0.9", Cosine(at=(0.1, 0.9))),
        ("cosine:at=0.1,0.5,0.9,cycles=3", Cosine(at=(0.1, 0.5, 0.9), cycles=3)),
        ("cosine:0.1:3", Cosine(low=0.1, cycles=3)),
        ("cosine:0.1,3,0.2,0.4:whole", Cosine(0.1, 3, (0.2, 0.4), "whole")),
        ("cosine:0.1,restart=true", Cosine(low=0.1, restart=True)),
        (" cosine : low = 0.1 , cycles = 3 ", Cosine(low=0.1, cycles=3)),
        ("cosine:form=whole,restart=true", Cosine(form="whole", restart=True)),
    ],
)
def test_a_text_names_a_method_and_its_settings(text: str, expected: object) -> None:
    assert named(text, REGISTRY) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cosin", "schedule 'cosin' is not known. Did you mean 'cosine'?"),
        ("cosine:hight=1", "setting of cosine 'hight' is not known. Known are: at, cycles,"),
        ("constant:1", "constant has none. Write 'constant'."),
        ("constant:", "constant has none. Write 'constant'."),
        ("cosine:", "got low='', expected a number from 0 to 1, such as low=0.0."),
        (
            "cosine:low=deep",
            "schedule 'cosine:low=deep': got low='deep', expected a number from 0 to 1, such as "
            "low=0.0.",
        ),
        ("cosine:cycles=1.5", "got cycles='1.5', expected a whole number, such as cycles=1."),
        ("cosine:at=0.5,x", "got at='0.5/x', expected numbers, such as at=0.5."),
        ("cosine:restart=yes", "got restart='yes', expected true or false, such as restart=false."),
        (
            "cosine:low=0.1,low=0.2",
            "schedule 'cosine:low=0.1,low=0.2': got low twice, 0.1 and 0.2, expected it once. "
            "Leave one out.",
        ),
        ("cosine:0.1,low=0.2", "got low twice, 0.1 and 0.2, expected it once. Leave one out."),
        (
            "cosine:cycles=2,3",
            "got '3' after a setting by name, expected setting=value. Put the name before it: "
            "cosine has low, cycles, at, form, restart.",
        ),
        (
            "cosine:0:1:0.5:half:false:7",
            "got more than 5 settings, expected at most low, cycles, at, form, restart, such as "
            "cosine:0.0:1:0.5:half:false.",
        ),
    ],
)
def test_what_can_not_be_read_is_told(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        named(text, REGISTRY)
    assert message in str(error.value)


def test_a_registry_is_a_dictionary_of_what_was_entered() -> None:
    registry: Registry[type] = Registry("schedule")

    @registry.register("marked", mark="kind")
    class Marked:
        kind = ""

    @registry.register("plain")
    class Plain:
        pass

    assert registry == {"marked": Marked, "plain": Plain}
    assert Marked.kind == "marked"
    assert not hasattr(Plain, "kind")


def test_a_missing_name_is_an_error_for_people_and_can_still_be_asked_for() -> None:
    with pytest.raises(InputError, match=r"^schedule .cosin. is not known\. Did you mean .cosine."):
        REGISTRY["cosin"]
    assert "cosin" not in REGISTRY
    assert REGISTRY.get("cosin") is None


def test_a_name_is_registered_once() -> None:
    with pytest.raises(TypeError, match=r"^schedule 'cosine' is registered already$"):
        REGISTRY.register("cosine")


def test_every_file_of_a_package_is_imported_and_files_of_its_folders_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "methods" / "parts").mkdir(parents=True)
    calls = "from chainrule.registry import import_all\nimport_all(__name__)\n"
    (tmp_path / "methods" / "__init__.py").write_text(calls)
    for file in ("first", "second", "parts/__init__", "parts/third"):
        (tmp_path / "methods" / f"{file}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with mock.patch.dict(sys.modules):
        importlib.import_module("methods")
        names = {name for name in sys.modules if name.startswith("methods.")}
    assert names == {"methods.first", "methods.second", "methods.parts"}
