"""Text files that are no plain table: titles, units, totals, footers, and files without names."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Unpack

import polars as pl
import pytest

from chainrule.data.inspection import inspect
from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.data.streaming.scan import scan
from chainrule.data.table import Table
from chainrule.data.vocabulary import Role
from chainrule.errors import InputError, collected_errors
from tests.data.conftest import Write
from tests.data.read_as import labels, read_table

HEADER = "region,units,revenue\n"
SALES = [(random.Random(i).choice("abc"), i % 7 + 1, 100 + 13 * i % 97) for i in range(30)]
LINES = "".join(f"{region},{units},{revenue}\n" for region, units, revenue in SALES)


def sales(table: Table) -> list[tuple[Any, ...]]:
    """The rows of a table of sales."""
    columns = [table.column("region").values, table.column("units").values, labels(table)]
    return list(zip(*columns, strict=True))


def refusal(path: Any, **options: Unpack[ReadKwargs]) -> str:
    with pytest.raises(InputError) as error:
        read(path, **options)
    return str(error.value)


# Rows above the names


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("Quarterly sales 2024\n\n", 3),
        ("Quarterly sales 2024,,\n,,\n", 3),
        ("# exported\n", 2),
        ("Sales\nSeoul\nin thousands\n", 4),
        (",sales,sales\n", 2),
        ("\n\n", 3),
        ('"Sales, in\nthousands"\n', 3),
    ],
)
def test_a_title_above_the_names_is_found_and_told(write: Write, above: str, line: int) -> None:
    path = write("a.csv", above + HEADER + LINES)
    table = read_table(path, target="revenue")
    assert sales(table) == SALES
    if above.strip():
        assert "above the names of the columns" in table.notes[0]
        assert f"the names are those of line {line}" in table.notes[0]
    assert sales(read_table(path, target="revenue", header_row=line)) == SALES


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Staff\n\nname,city,team\nAnn,Rome,red\nBob,Bonn,blue\n", 3),
        ("ACME,report,\nregion,units,revenue\na,1,2\nb,3,4\n", 2),
    ],
)
def test_in_doubt_the_row_of_names_is_asked_for(write: Write, text: str, line: int) -> None:
    path = write("a.csv", text)
    assert f"--header-row {line}" in refusal(path)
    names = [column.name for column in read_table(path, header_row=line).columns]
    assert names == text.splitlines()[line - 1].split(",")


def test_a_row_of_names_that_is_not_there_is_refused(write: Write) -> None:
    path = write("a.csv", HEADER + LINES)
    assert "got --header-row 99, expected the number of a line" in refusal(path, header_row=99)
    assert "expected one of them" in refusal(path, header_row=1, no_header=True)


def test_a_first_column_without_a_name_is_no_title(write: Write) -> None:
    table = read_table(write("a.csv", ",x,y\nr1,1,2\nr2,3,4\n"))
    assert [column.name for column in table.columns] == ["column 1", "x", "y"]
    assert "column 1" in table.notes[0]


# No names


@pytest.mark.parametrize(
    "text",
    [
        "5.1,3.5,setosa\n4.9,3.0,setosa\n6.1,2.8,virginica\n",
        "39,State-gov,Bachelors\n50,Private,Masters\n38,State-gov,Masters\n",
        "p,x,s,n\ne,x,s,y\np,b,w,n\ne,b,s,n\n",
    ],
)
def test_a_file_without_names_is_found_and_told(write: Write, text: str) -> None:
    path = write("a.csv", text)
    table = read_table(path)
    width = text.splitlines()[0].count(",") + 1
    assert [column.name for column in table.columns] == [f"column {i + 1}" for i in range(width)]
    assert len(table) == len(text.splitlines())
    assert "no names" in table.notes[0]
    assert read_table(path, no_header=True).columns[0].values.tolist() == (
        table.columns[0].values.tolist()
    )


def test_whole_numbers_in_the_first_line_are_asked_about(write: Write) -> None:
    path = write("a.csv", "5,3,1\n6,2,7\n")
    assert "say --no-header" in refusal(path)
    assert len(read_table(path, no_header=True)) == 2
    assert [column.name for column in read_table(path, header_row=1).columns] == ["5", "3", "1"]


def test_years_beside_texts_are_names(write: Write) -> None:
    table = read_table(write("a.csv", "country,2019,2020\nKR,1.5,2.5\nJP,3.5,4.5\n"))
    assert [column.name for column in table.columns] == ["country", "2019", "2020"]
    assert "are read as names of columns; if the line has values, say --no-header" in table.notes[0]


# Rows among the values

ODD = {
    "headers": (HEADER + LINES + HEADER + LINES, (31,)),
    "units": (HEADER + ",pcs,USD\n" + LINES, (1,)),
    "footers": (HEADER + LINES + "Source: office of sales\n", (31,)),
    "blank": (HEADER + LINES + ",,\n,,\n", (31, 32)),
    "totals": (
        HEADER
        + LINES
        + f"Total,{sum(row[1] for row in SALES)},{sum(row[2] for row in SALES)}\n"
        + LINES,
        (31,),
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_rows_that_are_no_samples_are_named_and_left_out_when_asked(
    write: Write, kind: str
) -> None:
    text, rows = ODD[kind]
    path = write("a.csv", text)
    try:
        told = "\n".join(read(path, target="revenue").notes)
    except InputError as error:
        told = str(error)
    assert f"--skip-rows {kind}" in told
    assert all(f"{row}" in told for row in rows)
    expected = SALES * 2 if kind in ("headers", "totals") else SALES
    numbers = ",".join(map(str, rows))
    for skipped in ([kind], [numbers], [f"{rows[0]}-{rows[-1]}"]):
        table = read_table(path, target="revenue", skip_rows=skipped)
        assert sales(table) == expected
        assert any("left out by --skip-rows" in note for note in table.notes)
        assert not table.doubtful_rows
        # Rows keep the numbers that they have in the file.
        in_file = [n for n in range(1, len(expected) + len(rows) + 1) if n not in rows]
        assert [table.row(i) for i in range(len(table))] == in_file
        assert table.location(len(table) - 1) == f"a.csv, row {in_file[-1]}"
        with scan(path, target="revenue", skip_rows=skipped).opened() as streamed:
            whole = streamed.table(range(len(streamed)))
            assert sales(whole) == expected
            assert [whole.row(i) for i in range(len(whole))] == in_file


@pytest.mark.parametrize("label", ["Sum", "Grand total", "합계", "소계", "Summe", "Gesamt", "Mean"])
@pytest.mark.parametrize("place", ["above", "below"])
def test_totals_are_a_problem_wherever_they_stand(write: Write, label: str, place: str) -> None:
    parts = len(SALES) if label == "Mean" else 1
    units, revenue = sum(row[1] for row in SALES), sum(row[2] for row in SALES)
    total = f"{label},{units / parts:.2f},{revenue / parts:.2f}\n"
    text = HEADER + (total + LINES if place == "above" else LINES + total)
    table = read_table(write("a.csv", text), target="revenue")
    (problem,) = [p for p in inspect(table).problems if p.kind == "totals"]
    assert ("Row 1 has" if place == "above" else "Row 31 has") in problem.message
    assert "--skip-rows totals" in problem.remedy
    assert len(table) == len(SALES) + 1  # it stays, as nobody said otherwise


def test_subtotals_of_groups_and_their_total_are_found(write: Write) -> None:
    lines: list[str] = []
    for group in ("East", "West"):
        numbers = [SALES[i][1] for i in range(5 * (group == "West"), 12)]
        lines += [f"{group},{number}" for number in numbers] + [f"{group} total,{sum(numbers)}"]
    total = sum(int(line.split(",")[1]) for line in lines if "total" not in line)
    path = write("a.csv", "\n".join(["region,units", *lines, f"Total,{total}"]) + "\n")
    expected = [i for i, line in enumerate([*lines, "Total,"], 1) if "otal" in line]
    (doubt,) = read_table(path).doubtful_rows
    assert f"rows {expected[0]}, {expected[1]} and {expected[2]} have" in doubt.message


def test_a_label_without_sums_is_a_category(write: Write) -> None:
    text = "kind,x\n" + "".join(f"{('total', 'part')[i % 2]},{i * i % 31}\n" for i in range(30))
    assert not read_table(write("a.csv", text)).doubtful_rows


def test_a_total_in_a_column_of_numbers_is_not_taken_for_a_missing_value(write: Write) -> None:
    lines = "".join(f"{2000 + i},{i}\n" for i in range(12))
    path = write("a.csv", f"year,units\n{lines}Total,{sum(range(12))}\n")
    assert "row 13: got sums or means of other rows ('Total')" in refusal(path)
    assert len(read_table(path, skip_rows=["totals"])) == 12


def test_an_unquoted_comma_is_named_by_line_and_row(write: Write) -> None:
    told = refusal(write("a.csv", 'name,x\n"a\nb",1\nKim, Jr,2\n'))
    assert told.startswith("a.csv, line 4 (row 2): got 3 values, expected 2 as in the header line")
    assert "double quotes" in told


def test_numbers_of_rows_are_for_one_file_and_kinds_for_all(write: Write) -> None:
    for name in ("a1.csv", "a2.csv"):
        path = write(name, HEADER + LINES + ",,\n")
    pattern = path.parent / "a*.csv"
    assert "for 2 files" in refusal(pattern, skip_rows=["31"])
    table = read_table(pattern, skip_rows=["blank"])
    assert len(table) == 60
    assert table.location(30).endswith("a2.csv, row 1")


@pytest.mark.parametrize("skipped", ["0", "3-1", "total", "-1", "x"])
def test_rows_to_skip_are_numbers_or_kinds(write: Write, skipped: str) -> None:
    assert "expected the number of a row" in refusal(write("a.csv", HEADER), skip_rows=[skipped])


def test_a_row_to_skip_that_is_not_there_is_refused(write: Write) -> None:
    assert "expected numbers from 1 to 30" in refusal(
        write("a.csv", HEADER + LINES), skip_rows=["31"]
    )


def test_layout_options_are_refused_where_there_is_no_layout(write: Write) -> None:
    path = write("a.jsonl", '{"x": 1}\n{"x": 2}\n')
    told = refusal(path, skip_rows=["totals"])
    assert "got --skip-rows for a JSON file, expected it for CSV or a workbook only" in told


@pytest.mark.parametrize("text", [HEADER + LINES, "x\n1\n\n2\n", "a,b\nb,1\nc,2\n"])
def test_other_tables_have_no_doubtful_rows(write: Write, text: str) -> None:
    assert read_table(write("a.csv", text)).doubtful_rows == ()


def test_a_row_of_texts_spelled_as_the_names_stays(write: Write) -> None:
    table = read_table(write("a.csv", "a,b\na,b\nb,a\n"))
    assert len(table) == 2
    assert [doubt.kind for doubt in table.doubtful_rows] == ["headers"]


def test_inspect_explains_rows_that_train_refuses_and_shows_the_rest(write: Write) -> None:
    path = write("a.csv", HEADER + ",pcs,USD\n" + LINES + "Source: me\n")
    with collected_errors() as errors:
        table = read_table(path, target="revenue")
    assert sales(table) == SALES
    assert ["--skip-rows units" in str(errors[0]), "--skip-rows footers" in str(errors[1])] == [
        True,
        True,
    ]
    assert not any("left out by" in note for note in table.notes)


BLANKS = {" size ": [1.0, 2.0, 3.0], "kind": ["a", "b", "a"], "price  ": [4.0, 6.0, 5.0]}


def as_csv(folder: Path) -> Path:
    rows = zip(*BLANKS.values(), strict=True)
    lines = [",".join(BLANKS), *(",".join(map(str, row)) for row in rows)]
    (folder / "a.csv").write_text("\n".join(lines) + "\n")
    return folder / "a.csv"


def as_json(folder: Path) -> Path:
    rows = [dict(zip(BLANKS, row, strict=True)) for row in zip(*BLANKS.values(), strict=True)]
    (folder / "a.json").write_text(json.dumps(rows))
    return folder / "a.json"


def as_parquet(folder: Path) -> Path:
    pl.DataFrame(BLANKS).write_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def as_frame(folder: Path) -> pl.DataFrame:
    return pl.DataFrame(BLANKS)


@pytest.mark.parametrize("source", [as_csv, as_json, as_parquet, as_frame])
@pytest.mark.parametrize("blank", ["", " ", "  "])
def test_names_match_with_outer_blanks_or_without(
    tmp_path: Path, source: Callable[[Path], Any], blank: str
) -> None:
    data = source(tmp_path)
    roles: dict[str, Role] = {f"{blank}size": "category"}
    table = read_table(data, target=f"price{blank}", role=roles, drop=[f"kind{blank}"])
    assert labels(table) == [4, 6, 5]
    (column,) = table.columns
    assert column.values.tolist() == ["1.0", "2.0", "3.0"] or (
        column.categories().tolist() == ["1", "2", "3"]
    )
    if isinstance(data, Path) and data.suffix in (".csv", ".parquet"):
        with scan(data, target=f"price{blank}").opened() as rows:
            assert labels(rows.table(range(3))) == [4, 6, 5]


def test_a_name_that_two_columns_have_but_for_blanks_is_asked_for() -> None:
    frame = pl.DataFrame({"x": [1, 2], " x": [3, 4], "x ": [5, 6]})
    assert labels(read_table(frame, target=" x")) == [3, 4]
    with pytest.raises(InputError, match="got the target"):
        read(frame, target="  x")
