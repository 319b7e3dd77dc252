from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from chainrule.data.columns.roles import check_roles, infer_role, infer_roles
from chainrule.data.dataset import Images
from chainrule.data.preparation import Preparation
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Role, parse_roles
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
        (numbers("id", *[1, 1, *range(2, 30)]), "identifier"),
        (numbers("id", *(i * i for i in range(30))), "identifier"),
        (numbers("id", *(i // 4 for i in range(120))), "number"),
        (numbers("id", *(i + 0.5 for i in range(30))), "number"),
        (numbers("OrderNo", *(7919 * i % 100_003 for i in range(1, 60))), "identifier"),
        (numbers("number of seats", *(7919 * i % 100_003 for i in range(1, 60))), "number"),
        (numbers("account", *(4_000_000_007 + 7919 * i for i in range(30))), "identifier"),
        (numbers("account", *(4_000_000_007 + 7919 * (i // 2) for i in range(60))), "number"),
        (numbers("revenue", *(7919 * i for i in range(1, 60))), "number"),
        (numbers("seen at", *(1_700_000_000 + 7919 * i for i in range(30))), "number"),
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


def test_a_column_that_is_left_out_names_the_role_that_brings_it_in() -> None:
    ids = infer_role(numbers("customer id", *range(40)))
    assert ids.remedy == "If it is a quantity: --role 'customer id=number'"
    cabins = infer_role(texts("cabin", *(f"C{i}" for i in range(300)), *["none"] * 60))
    assert cabins.role == "identifier"
    assert cabins.remedy == (
        "If its most frequent value, 'none', tells something: --role cabin=category"
    )
    codes = infer_role(texts("code", *(f"{i}.50" for i in range(300))))
    assert codes.remedy == "If its numbers are quantities and not codes: --role code=number"


def test_no_role_is_offered_that_would_not_bring_the_column_in() -> None:
    names = infer_role(texts("x", *(f"name {i}" for i in range(200))))
    assert "--role" not in names.remedy
    assert "put what the values have in common into a column of its own" in names.remedy
    addresses = infer_role(texts("ip", *(f"10.0.{i}.7" for i in range(200))))
    assert addresses.remedy.startswith("Its values are IP addresses. Put its network")


@pytest.mark.parametrize(
    "column",
    [
        numbers("customer_id", *range(300)),
        numbers("account", *(4_000_000_007 + 7919 * i for i in range(300))),
        texts("cabin", *(f"C{i}" for i in range(300)), *["none"] * 60),
        texts("code", *(f"{i}.50" for i in range(300))),
    ],
    ids=str,
)
def test_the_offered_role_brings_in_features_that_differ_between_rows(column: Column) -> None:
    role = infer_role(column)
    assert role.left_out
    roles = parse_roles(role.remedy.partition("--role ")[2].strip("'"))
    target = numbers("y", *range(len(column)))
    data = replace(table(column, target=target), read_options=ReadOptions(role=roles))
    features = Preparation.fit(data, np.arange(0, len(column), 2), "regression").features(data)
    assert (features.std(0) > 0).any()


def test_a_column_without_a_value_in_the_training_rows_is_left_out() -> None:
    data = table(numbers("x", 1, 2, NAN, NAN), numbers("y", 1, 2, 3, 4))
    assert [role.role for role in infer_roles(data)] == ["number", "number"]
    found = infer_roles(data, {"x": "number"}, np.array([2, 3]))
    assert [role.role for role in found] == ["constant", "number"]
    assert found[0].reason == "it has no value in the training rows"


def test_roles_are_the_same_whatever_rows_are_drawn_for_training() -> None:
    data = table(numbers("x", *([1.0] * 30), 2.0), numbers("y", *range(31)))
    assert infer_roles(data, training=np.arange(30)) == infer_roles(data)


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
    check_roles(with_roles(data, size="number", price="number"))
    with pytest.raises(InputError) as error:
        check_roles(with_roles(data, sise="category"))
    assert "t.csv: got the column of a role 'sise', expected one of its columns" in str(error.value)
    assert "Did you mean 'size'?" in str(error.value)


def test_pictures_have_no_columns_that_could_have_a_role() -> None:
    pictures = Images("digits", np.zeros((2, 3, 3), np.uint8), None)
    check_roles(pictures)
    with pytest.raises(InputError, match=r"digits: got a role of the column 'x' for pictures"):
        check_roles(replace(pictures, read_options=ReadOptions(role={"x": "number"})))


def test_a_form_of_dates_and_another_role_exclude_each_other() -> None:
    options = ReadOptions(role={"day": "category"}, date_form={"day": "%Y%m"})
    data = replace(table(texts("day", "202401")), read_options=options)
    with pytest.raises(InputError, match="got the role category and a form of dates for the colu"):
        check_roles(data)
    forms = ReadOptions(date_form={"days": "%Y%m"})
    with pytest.raises(InputError, match="Did you mean 'day'"):
        check_roles(replace(data, read_options=forms))


def with_roles(data: Table, **roles: Role) -> Table:
    return replace(data, read_options=ReadOptions(role=roles))


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
