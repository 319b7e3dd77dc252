import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from chainrule.data.columns.roles import check_roles, infer_role, infer_roles
from chainrule.data.dataset import Images
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import parse_roles
from chainrule.errors import InputError
from tests.data.columns import numbers, table, texts

NAN = float("nan")
NAMES = [f"name {i}" for i in range(30)]
REVIEWS = [f"the {i}th visit was rather too long for us" for i in range(30)]
DAYS = [f"2024-01-{day:02}" for day in range(1, 29)]


@pytest.mark.parametrize(
    ("column", "role"),
    [
        (numbers("x", 1.5, 2, NAN), "number"),
        (numbers("grade", 1, 2, 3, 1, 2, 3), "number"),
        (numbers("x", 0, 1, 1), "yes_no"),
        (numbers("x", 0, 1, NAN, 1), "yes_no"),
        (numbers("x", 0, 1, 2), "number"),
        (texts("x", "Yes", "no", None), "yes_no"),
        (texts("x", "true", "false"), "yes_no"),
        (texts("x", "예", "아니오"), "yes_no"),
        (texts("x", "yes", "maybe", "no"), "category"),
        (texts("sex", "f", "m"), "category"),
        (texts("x", *DAYS), "date"),
        (texts("x", "10:30", "18:00", None), "date"),
        (texts("x", "31.12.2024", "1.2.2024"), "date"),
        (numbers("customer_id", *range(1000, 1040)), "identifier"),
        (numbers("PassengerId", *range(0, 60, 2), 61), "identifier"),
        (numbers("Unnamed: 0", *range(30)), "identifier"),
        (numbers("고객 번호", *range(30)), "identifier"),
        (numbers("id", *range(20)), "number"),
        (numbers("id", *[1, 1, *range(2, 30)]), "number"),
        (numbers("id", *(i * i for i in range(30))), "number"),
        (numbers("size", *range(40)), "number"),
        (texts("x", *NAMES), "identifier"),
        (texts("x", *NAMES, *["name 0"] * 40), "category"),
        (texts("x", *REVIEWS), "text"),
        (texts("x", *(f"{i // 4}" for i in range(1200))), "identifier"),
        (numbers("x", 3, 3, 3), "constant"),
        (numbers("x", 3, 3, NAN), "number"),
        (texts("x", "a", "a"), "constant"),
        (texts("x", "a", None), "category"),
        (numbers("x", NAN, NAN), "constant"),
        (texts("x", None, None), "constant"),
    ],
    ids=str,
)
def test_values_speak_for_a_role(column: Column, role: str) -> None:
    assert infer_role(column).role == role


def test_a_role_comes_with_its_reason() -> None:
    assert infer_role(numbers("x", 3, 3)).reason == "it has one value in all rows"
    assert infer_role(texts("x", *NAMES)).reason == "most of its values are different, like names"


def test_what_a_person_declared_is_believed_before_what_the_values_look_like() -> None:
    days = Column("day", np.array(DAYS, object), declared="category")
    assert infer_role(days).role == "category"
    since_1970 = Column("day", np.array([19_000.0, 19_001.0]), declared="date")
    assert infer_role(since_1970).role == "date"


def test_a_given_role_wins() -> None:
    found = infer_roles(table(texts("x", *NAMES), numbers("y", *range(30))), {"x": "category"})
    assert [role.role for role in found] == ["category", "number"]
    assert found[0].reason == "you set its role to category"


def test_nothing_can_be_learned_from_a_column_without_a_value_whatever_role_it_is_given() -> None:
    (found,) = infer_roles(table(numbers("x", NAN, NAN)), {"x": "number"})
    assert found.role == "constant"


def test_dates_that_can_be_read_either_way_are_doubted() -> None:
    role = infer_role(texts("day", "1/2/2024", "3/4/2024"))
    assert role.role == "date"
    assert "no value shows whether the day or the month comes first" in role.doubt
    assert "write the dates as year-month-day" in role.remedy
    assert infer_role(texts("day", "1/2/2024", "13/4/2024")).doubt == ""


@given(rows=some.permutations(range(60)))
def test_roles_do_not_depend_on_the_order_of_the_rows(rows: list[int]) -> None:
    data = Table(
        "t.csv",
        (
            numbers("id", *range(60)),
            texts("name", *(NAMES * 2)),
            texts("day", *(DAYS * 3)[:60]),
            numbers("flag", *([0, 1] * 30)),
        ),
        None,
    )
    assert infer_roles(data.take(np.array(rows))) == infer_roles(data)


def test_a_role_for_a_column_that_is_not_there_is_refused_with_the_nearest() -> None:
    data = table(numbers("size", 1, 2), target=numbers("price", 1, 2))
    check_roles(data, {"size": "number", "price": "number"})
    with pytest.raises(InputError) as error:
        check_roles(data, {"sise": "category"})
    assert "t.csv: got the column of a role 'sise', expected one of its columns" in str(error.value)
    assert "Did you mean 'size'?" in str(error.value)


def test_pictures_have_no_columns_that_could_have_a_role() -> None:
    pictures = Images("digits", np.zeros((2, 3, 3), np.uint8), None)
    check_roles(pictures, {})
    with pytest.raises(InputError, match=r"digits: got a role of the column 'x' for pictures"):
        check_roles(pictures, {"x": "number"})


def test_roles_are_read_from_texts_and_mappings() -> None:
    expected = {"day": "date", "a=b": "category"}
    assert parse_roles(["day=date", "a=b=category"]) == expected
    assert parse_roles(expected) == expected
    assert parse_roles("day=date") == {"day": "date"}


@pytest.mark.parametrize(
    ("given_roles", "said"),
    [
        (["day"], "got 'day', expected a column and its role, such as day=date."),
        (["day=dat"], "the role of 'day', 'dat' is not known. Did you mean 'date'?"),
        ({"day": 3}, "the role of 'day', '3' is not known."),
    ],
)
def test_a_role_that_is_none_is_refused(given_roles: object, said: str) -> None:
    with pytest.raises(InputError) as error:
        parse_roles(given_roles)
    assert said in str(error.value)
