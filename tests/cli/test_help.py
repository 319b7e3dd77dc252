"""Help teaches, and does not make people wait."""

import inspect
import subprocess
import sys
from typing import get_args

import pytest

from chainrule import __version__
from chainrule.cli.check import CheckConfig
from chainrule.cli.config import Config, merged
from chainrule.cli.options import CHECK, TRAIN
from chainrule.data.columns.vocabulary import Task
from chainrule.networks import NETWORKS
from chainrule.training.settings.settings import Sampling
from chainrule.training.settings.validation import Expected, OneOf, expected_of
from tests.cli.conftest import Call


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_without_arguments_the_commands_are_listed(call: Call) -> None:
    called = call()
    assert called.status == 2
    for command in ("train", "predict", "evaluate", "runs", "check", "demo"):
        assert f"│ {command} " in called.out
    assert "Start with: chainrule demo" in called.out


@pytest.mark.parametrize("command", ["train", "predict", "evaluate", "runs", "check"])
def test_the_help_of_a_command_ends_its_text_with_an_example(call: Call, command: str) -> None:
    called = call(command, "--help")
    assert called.status == 0
    assert f"\n     chainrule {command} " in called.out


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_goes_to_standard_output_without_colour_codes(call: Call, flag: str) -> None:
    called = call("train", flag)
    assert called.err == ""
    assert "\x1b" not in called.out


def test_every_option_of_training_has_the_name_that_it_has_in_a_file() -> None:
    names = {option.name for option in TRAIN if not option.flag}
    assert names == set(Config.model_fields) - {"data"}
    assert {option.name for option in CHECK} <= set(CheckConfig.model_fields)


def test_the_defaults_are_told(call: Call) -> None:
    out = call("train", "--help").out
    defaults = merged({}, None)
    for default in (
        ",".join(map(str, defaults.split)),
        defaults.network,
        defaults.optimizer,
        defaults.schedule,
        defaults.encoding,
        str(defaults.epochs),
        defaults.sampling,
        str(defaults.patience),
        str(defaults.seed),
    ):
        assert f"[default: {default}]" in out
    usual = inspect.signature(NETWORKS[defaults.network]).parameters
    assert f"[default: {','.join(map(str, usual['layers'].default))} of an mlp]" in out
    assert f"[default: {usual['activation'].default}]" in out


def test_all_choices_that_no_registry_has_are_told(call: Call) -> None:
    out = call("train", "--help").out
    for name in (*get_args(Task), *get_args(Sampling)):
        assert name in out


def test_every_option_has_words_for_what_is_expected_of_it() -> None:
    for name, field in (Config.model_fields | CheckConfig.model_fields).items():
        assert expected_of(field).__class__ in (Expected, OneOf), name


def test_the_version_is_told(call: Call) -> None:
    called = call("--version")
    assert (called.status, called.out) == (0, f"chainrule {__version__}\n")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["train", "--help"], ["--version"]], ids=" ".join
)
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from chainrule.cli import main\n"
        f"sys.argv = ['chainrule', *{arguments}]\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    status = end.code\n"
        "heavy = {'torch', 'numpy', 'duckdb', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(status)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
