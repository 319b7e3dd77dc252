"""Whatever is passed to a public function, its error is the project's or a documented one."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import chainrule as cr

WRONG: list[object] = [
    None,
    "",
    "x",
    "caf\udce9.csv",
    b"x",
    -1,
    0,
    1.5,
    float("nan"),
    float("inf"),
    True,
    [],
    {},
    (),
    [None],
    ["a", 1],
    {"a": 1},
    np.array([np.nan]),
    np.array(["a"], object),
    torch.tensor([1.0]),
    object(),
    int,
    Path("no such file"),
]

# Classes that the package makes, or that are errors, and estimators, whose arguments scikit-learn
# wants to be checked when they are fitted (see tests/estimators).
NOT_CALLED = {"DataWarning", "InputError", "Model", "NeuralClassifier", "NeuralRegressor", "Run"}
# They call a function that is passed to them, whose errors are not theirs, on numbers: what is none
# is a TypeError or a ValueError of NumPy.
OF_FUNCTIONS = {"descent_path", "gradient_descent", "numerical_diff", "numerical_gradient"}


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A right value for each argument that has no default, by its name."""
    folder = tmp_path_factory.mktemp("right")
    table = folder / "t.csv"
    table.write_text("a,y\n" + "".join(f"{n % 7}.5,{n % 5}.25\n" for n in range(20)))
    data = cr.read(table, target="y")
    network = cr.Network(cr.Dense(1))
    run = cr.train(network, data, epochs=1, progress=False)
    return {
        "data": data,
        "network": network,
        "run": run,
        "model": run.model,
        "path": folder / "m.safetensors",
        "name": "mlp",
        "operation": "relu",
        "trials": [{"epochs": 1}],
        "batch": (torch.ones(4, 1), torch.ones(4, 1)),
        "values": np.ones(3),
        "columns": (),
        "pixels": np.zeros((2, 4, 4), np.uint8),
        "target": None,
        "source": "t.csv",
        "transforms": (),
        "categories": (0, 3),
        "module": torch.nn.Linear(1, 1),
    }


def calls(function: Callable[..., Any], right: dict[str, Any]) -> Iterator[dict[str, object]]:
    """Arguments by name, one of which is wrong."""
    parameters = inspect.signature(function).parameters.values()
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    base = {p.name: right.get(p.name, 3) for p in named if p.default is p.empty}
    quick = {"epochs": 1, "progress": False} if "settings" in function.__annotations__ else {}
    for parameter in named:
        for value in WRONG:
            if parameter.name != "progress" and parameter.annotation not in (bool, "bool"):
                yield {**base, **quick, parameter.name: value}


@pytest.mark.parametrize("name", sorted({*cr.__all__} - NOT_CALLED - OF_FUNCTIONS))
def test_a_wrong_argument_is_an_error_of_the_project(
    name: str, right: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    function = getattr(cr, name)
    for arguments in calls(function, right):
        error = error_of(function, arguments)
        wrong = {n: v for n, v in arguments.items() if v is not right.get(n)}
        documented = type(error).__name__ in (function.__doc__ or "")
        is_right = error is None or documented or isinstance(error, cr.InputError | OSError)
        assert is_right, f"{name}({wrong}) raised {error!r}"


def error_of(function: Callable[..., Any], arguments: dict[str, object]) -> Exception | None:
    try:
        function(**arguments)
    except Exception as error:
        return error
    return None
