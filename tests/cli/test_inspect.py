"""chainrule inspect: the printed columns and problems, and roles set on the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Call, csv

HOUSES = [
    (
        row,
        f"2024-{row % 12 + 1:02}-{row % 28 + 1:02}",
        ["yes", "no", ""][row % 3],
        "abcd"[row % 4],
        row % 7 + 0.5,
        3 * (row % 7) + row % 5,
        f"note {row} on what was seen there",
    )
    for row in range(120)
]
COLUMNS = ("id", "sold", "garage", "kind", "size", "price", "remark")


@pytest.fixture
def houses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table with a column of each role, in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    path = tmp_path / "houses.csv"
    path.write_text(csv(COLUMNS, HOUSES))
    return path


def test_each_column_has_a_line(call: Call, houses: Path) -> None:
    called = call("inspect", houses, "--target", "price")
    assert (called.status, called.err) == (0, "")
    lines = [" ".join(line.split()) for line in called.out.splitlines()]
    for line in (
        "houses.csv: 120 rows, 6 columns, target 'price' (regression: 0 to 22, median 11)",
        "column role missing distinct values features",
        "id identifier 120 such as 0 left out",
        "sold date 84 2024-01-01 to 2024-12-28 7",
        "garage yes_no 33.3% 2 yes 50%, no 50% 1",
        "kind category 4 a 25%, b 25%, c 25%, ... 4",
        "size number 7 0.5 to 6.5, median 3.5 1",
        "remark text 120 such as note 0 on what was seen ... left out",
    ):
        assert line in lines, line


def test_nothing_is_written(call: Call, houses: Path) -> None:
    call("inspect", houses, "--target", "price")
    assert [path.name for path in houses.parent.iterdir()] == ["houses.csv"]


def test_a_problem_comes_with_what_to_do(call: Call, houses: Path) -> None:
    rows = [(*row, 2 * row[5] + 1) for row in HOUSES]
    houses.write_text(csv((*COLUMNS, "tax"), rows))
    out = " ".join(call("inspect", houses, "--target", "price").out.split())
    assert "1. Column 'tax' may leak the target 'price'" in out
    assert "leave it out: --drop tax" in out
    left_out = call("inspect", houses, "--target", "price", "--role", "tax=identifier")
    assert "away" not in left_out.out


def test_a_table_without_problems_says_so(call: Call, houses: Path) -> None:
    called = call(
        *("inspect", houses, "--target", "price", "--role", "sold=category"),
        *("--drop", "id", "--drop", "remark"),
    )
    assert called.out.endswith("No problem was found.\n")


def test_json_has_all_of_it(call: Call, houses: Path) -> None:
    called = call("inspect", houses, "--target", "price", "--json")
    inspection = json.loads(called.out)
    assert (inspection["rows"], inspection["target"], inspection["task"]) == (
        120,
        "price",
        "regression",
    )
    roles = {column["name"]: column["role"] for column in inspection["columns"]}
    assert roles == {
        "id": "identifier",
        "sold": "date",
        "garage": "yes_no",
        "kind": "category",
        "size": "number",
        "remark": "text",
    }
    garage = inspection["columns"][2]
    assert garage["missing"] == pytest.approx(1 / 3)
    assert garage["reason"] == "its values are yes and no"
    for problem in inspection["problems"]:
        assert set(problem) == {"kind", "message", "remedy", "columns"}


def test_roles_are_given_by_column(call: Call, houses: Path) -> None:
    options = ("--role", "kind=identifier", "--role", "size=category")
    columns = json.loads(call("inspect", houses, *options, "--json").out)["columns"]
    roles = {column["name"]: (column["role"], column["features"]) for column in columns}
    assert roles["kind"] == ("identifier", 0)
    assert roles["size"] == ("category", 7)


def test_a_table_without_a_target_is_described(call: Call, houses: Path) -> None:
    out = call("inspect", houses).out
    assert "houses.csv: 120 rows, 7 columns, no target; name the column to predict" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "got no data, expected a file to inspect. Name it, such as in: chainrule inspect"),
        (("houses.csv", "--role", "size=numbr"), "is not known. Did you mean 'number'?"),
        (("houses.csv", "--role", "size"), "--role: got 'size', expected a column and its role"),
    ],
)
@pytest.mark.usefixtures("houses")
def test_what_cannot_be_used_is_refused(
    call: Call, arguments: tuple[str, ...], message: str
) -> None:
    called = call("inspect", *arguments)
    assert called.status == 2
    assert message in called.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--target", "prise"), "Did you mean 'price'?"),
        (("--role", "sise=number"), "Did you mean 'size'?"),
        (("--role", "kind=date"), "column 'kind': got 'a' and no date, expected dates"),
    ],
)
def test_what_does_not_fit_the_data_is_a_problem(
    call: Call, houses: Path, arguments: tuple[str, ...], said: str
) -> None:
    called = call("inspect", houses, *arguments)
    assert (called.status, called.err) == (0, "")
    assert said in " ".join(called.out.split())


def test_a_folder_of_pictures_is_described_by_its_classes(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, count in (("cat", 12), ("dog", 4)):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for place in range(count):
            pixels = np.random.default_rng(place // 2).integers(0, 256, (8, 9, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{place}.png")
    out = " ".join(call("inspect", "pets").out.split())
    assert "pets: 16 pictures of 8 x 9 pixels, target 'class' (binary: cat 75%, dog 25%)" in out
    assert "8 pictures of 16 are copies of an earlier one" in out
    assert "Class 'dog' has 4 of 16 rows: too few" in out


@pytest.mark.usefixtures("no_report")
def test_training_learns_from_columns_by_the_roles_that_are_given(call: Call, houses: Path) -> None:
    arguments = ("--target", "price", "--epochs", 1, "--preset", "plain", "--out", "run", "--json")
    called = call("train", houses, *arguments, "--role", "sold=identifier")
    assert called.status == 0, called.err
    notes = " ".join(json.loads(called.out)["notes"])
    assert "column 'sold' is left out, as you set its role to identifier" in notes
    assert 'role = [\n    "sold=identifier",\n]' in Path("run/config.toml").read_text()
    again = call("train", "--config", "run/config.toml", "--out", "again", "--json")
    assert json.loads(again.out)["notes"] == json.loads(called.out)["notes"]


def test_what_a_problem_says_is_no_note_as_well(call: Call, houses: Path) -> None:
    houses.write_text(csv(COLUMNS, [*HOUSES, HOUSES[0]]))
    out = " ".join(call("inspect", houses, "--target", "price").out.split())
    assert out.count("1 row of 121 is a copy of an earlier one") == 1
    assert "1. 1 row of 121 is a copy of an earlier one. Split at random" in out


def test_a_column_that_is_refused_as_in_doubt_has_no_role_and_is_not_called_left_out(
    call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    rows = [f"{10 + i / 10},{i % 7},{i}" for i in range(60)]
    path.write_text("\n".join(["heat,day,power", *rows[:30], "ERR,1,5", *rows[30:]]) + "\n")
    called = call("inspect", path, "--target", "power")
    assert "Training is refused" in called.out
    (line,) = (line for line in called.out.splitlines() if line.strip().startswith("heat"))
    assert "in doubt" in line
    assert "left out" not in line
