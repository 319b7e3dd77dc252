"""Help teaches, and does not make people wait."""

import inspect
import re
import subprocess
import sys
from typing import get_args

import pytest

from chainrule import __version__
from chainrule.cli.app import app
from chainrule.cli.command_options import CheckOptions, EvaluateOptions, PredictOptions
from chainrule.cli.config import Config
from chainrule.cli.offer_options import help_text
from chainrule.data.dataset import DataKind
from chainrule.data.vocabulary import Task
from chainrule.networks import NETWORKS
from chainrule.options import Options, literal_values
from chainrule.training.recipe.recipe import Request, resolve
from chainrule.training.settings.network_options import NetworkOptions
from chainrule.training.settings.settings import Sampling, Settings
from tests.cli.conftest import Call

OPTIONS = Config.declarations()


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


def test_help_fits_a_terminal_of_80_columns(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in app.registered_commands:
        assert command.callback is not None
        text = inspect.cleandoc(command.help or "")
        out = call(command.name or command.callback.__name__, "--help").out
        for example in re.findall(r"^ {4}chainrule .+", text, flags=re.MULTILINE):
            assert f"\n {example} " in out
    assert "\n loss, trains with validation after each epoch" in call("train", "--help").out


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_goes_to_standard_output_without_colour_codes(call: Call, flag: str) -> None:
    called = call("train", flag)
    assert called.err == ""
    assert "\x1b" not in called.out


def shown(out: str) -> set[str]:
    """The long options that a help text lists."""
    return set(re.findall(r"^│ --([a-z0-9-]+)", out, flags=re.MULTILINE))


OWN = {"config", "out", "json", "help", "help-all", "quick", "best", "draw"}  # of commands


def test_all_options_of_training_are_those_of_a_file(call: Call) -> None:
    names = {name.replace("_", "-") for name, option in OPTIONS.items() if not option.python_only}
    assert shown(call("train", "--help-all").out) == names - {"data"} | OWN - {"draw"}


def test_the_short_help_lists_the_basic_options(call: Call) -> None:
    basic = {name.replace("_", "-") for name, option in OPTIONS.items() if option.basic}
    assert shown(call("train", "--help").out) == basic | OWN - {"draw"}
    assert len(basic) <= 12


@pytest.mark.parametrize(
    ("command", "record"),
    [("check", CheckOptions), ("predict", PredictOptions), ("evaluate", EvaluateOptions)],
)
def test_the_options_of_a_command_are_those_of_its_record(
    call: Call, command: str, record: type[Options]
) -> None:
    names = {name.replace("_", "-") for name in record.declarations()}
    assert shown(call(command, "--help-all").out) - OWN <= names


def test_help_has_the_default_of_each_option(call: Call) -> None:
    out = " ".join(call("train", "--help-all").out.replace("│", " ").split())
    for name, option in OPTIONS.items():
        value = Config.model_fields[name].get_default(call_default_factory=True)
        if option.default:
            assert f"[default: {option.default}]" in out, name
        elif value is not None and value is not False and value != () and value != {}:
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            assert f"[default: {text}]" in out, name


KINDS: dict[DataKind, str] = {"table": "strong", "grey arrays": "plain"}
CLAUSE = re.compile(
    r"(?:else )?(\S+)(?: of (?:the preset )?(strong|plain))?(?: for (classes|numbers))?"
)


def default_in_help(text: str, preset: str, task: Task) -> str | None:
    """The value that a description of defaults gives for a preset and a task; None without one."""
    of_task = "numbers" if task == "regression" else "classes"
    for clause in re.split(r"[;,] ", text):
        match = CLAUSE.fullmatch(clause)
        if match and match[2] in (None, preset) and match[3] in (None, of_task):
            return match[1]
    return None


@pytest.mark.parametrize("task", get_args(Task))
@pytest.mark.parametrize("kind", KINDS)
def test_the_defaults_in_the_help_are_those_that_run(kind: DataKind, task: Task) -> None:
    run = resolve(Request(), task, 1000, kind).resolved()
    network = inspect.signature(NETWORKS[str(run["network"])]).parameters
    training, compared = {*Settings.model_fields, *NetworkOptions.model_fields}, set()
    for name, option in OPTIONS.items():
        default = network[name].default if name in network else None
        value = run.get(name, default)
        shown = re.search(r"\[default: (.*)]", help_text(option, Config.model_fields[name]))
        if value in (None, ()) or name not in training:
            continue
        text = f"{value:g}" if isinstance(value, float) else str(value)
        text = ",".join(map(str, value)) if isinstance(value, tuple) else text
        assert shown is not None, name
        found = default_in_help(shown[1], KINDS[kind], task)
        assert text == found if found else text in shown[1], (name, shown[1])
        compared.add(name)
    assert {"optimizer", "schedule", "patience", "metric", "encoding", "activation"} <= compared


@pytest.mark.parametrize(("kind", "network"), [("photographs", "cnn"), ("pictures", "cnn")])
def test_the_network_of_pictures_is_in_the_help(kind: DataKind, network: str) -> None:
    assert resolve(Request(), "classification", 100, kind).resolved()["network"] == network
    assert f"{network} for files of pictures and pictures in colour" in OPTIONS["network"].default


def test_layers_in_the_help_are_those_of_the_networks() -> None:
    for network in ("realmlp", "mlp"):
        layers = inspect.signature(NETWORKS[network]).parameters["layers"].default
        assert ",".join(map(str, layers)) + f" of a{'n' * (network == 'mlp')} {network}" in (
            OPTIONS["layers"].default
        )


def test_the_help_of_a_check_has_the_defaults_of_a_check(call: Call) -> None:
    out = " ".join(call("check", "--help-all").out.replace("│", " ").split())
    assert "strong" not in out
    network = inspect.signature(NETWORKS["mlp"]).parameters
    assert "[default: mlp] --layers" in out
    assert f"[default: {network['activation'].default};" in out
    assert f"[default: {network['dropout'].default:g}]" in out


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_new_rows_are_read_as_in_training_by_default(call: Call, command: str) -> None:
    out = " ".join(call(command, "--help-all").out.replace("│", " ").split())
    for name in ("missing", "decimal", "unreadable-share"):
        assert re.search(rf"--{name} [^\[]*\[default: as in training]", out), name


def test_help_lists_all_choices_that_no_registry_has(call: Call) -> None:
    out = call("train", "--help-all").out
    for name in (*get_args(Task), *get_args(Sampling)):
        assert name in out


@pytest.mark.parametrize("record", [Config, CheckOptions, PredictOptions, EvaluateOptions])
def test_every_option_is_declared_with_what_an_error_needs(record: type[Options]) -> None:
    for name, option in record.declarations().items():
        annotation = record.model_fields[name].annotation
        says_names = option.names or (literal_values(annotation) and not option.expects)
        assert option.help, name
        assert says_names or option.parse or option.example, name
        if option.example:
            assert "None" not in option.describe(name, record.model_fields[name], ""), name


def test_the_version_is_printed(call: Call) -> None:
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
