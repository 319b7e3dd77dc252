"""Numbers as people write them."""

import pytest

from chainrule.data.amounts import parse_amount, tidied


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("$228,000", 228_000, "USD"),
        ("-$5", -5, "USD"),
        ("$-5", -5, "USD"),
        ("US$ 5", 5, "USD"),
        ("228,000원", 228_000, "KRW"),
        ("₩5,000", 5000, "KRW"),
        ("5만원", 50_000, "KRW"),
        ("3억", 3e8, ""),
        ("228000 EUR", 228_000, "EUR"),
        ("5 €", 5, "EUR"),
        ("CHF 1'234.50", 1234.5, "CHF"),
        ("Rs. 12,34,567", 1_234_567, "INR"),
        ("12,34,567.5", 1_234_567.5, ""),
        ("45.6%", 45.6, "%"),
        ("(5%)", -5, "%"),
        ("228.1k", 228_100, ""),
        ("1.2M", 1_200_000, ""),
        ("$1.2bn", 1.2e9, "USD"),
        ("228 000", 228_000, ""),
        ("1\u00a0234\u202f567", 1_234_567, ""),
        ("1\u2019234", 1234, ""),
        ("\u221222000", -22_000, ""),
        ("22000-", -22_000, ""),
        ("(22000)", -22_000, ""),
        ("(22.5k)", -22_500, ""),
        ("\uff11\uff12\uff0e\uff15", 12.5, ""),
        ('="42"', 42, ""),
        ("12 km/h", 12, "km/h"),
        ("5 m\u00b2", 5, "m\u00b2"),
        ("10 \u00b0C", 10, "\u00b0C"),
        ("3 sq ft", 3, "sq ft"),
        ("12V", 12, "V"),
        ("1e5 kg", 100_000, "kg"),
        ("$ (1,200.50)", -1200.5, "USD"),
        ("$200m", 200_000_000, "USD"),
        ("$1.5MM", 1_500_000, "USD"),
        ("€2B", 2_000_000_000, "EUR"),
        ("CHF 1'200.-", 1200, "CHF"),
        ("5.--", 5, ""),
        ("85 m2", 85, "m2"),
        ("+5", 5, ""),
        ("-.5", -0.5, ""),
    ],
)
def test_an_amount_is_its_number_and_its_unit(text: str, number: float, unit: str) -> None:
    amount = parse_amount(text)
    assert amount is not None
    assert (amount.point, amount.unit) == (number, unit)


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1.574", 1.574, 1574),
        ("1,574", 1574, 1.574),
        ("0.574", 0.574, None),
        ("0,574", None, 0.574),
        ("1.234,5", None, 1234.5),
        ("1,234.5", 1234.5, None),
        ("1.234.567", None, 1_234_567),
        ("12 345,67 EUR", None, 12_345.67),
        ("868", 868, 868),
    ],
)
def test_the_decimal_sign_decides_what_digits_mean(
    text: str, point: float | None, comma: float | None
) -> None:
    amount = parse_amount(text)
    assert amount is not None
    assert (amount.number("."), amount.number(",")) == (point, comma)


@pytest.mark.parametrize(
    "text",
    [
        *("192.168.3.7", "3.0.1", "555.100.4567", "1,3,5", "12,34", "6-4", "1/4", "1:30"),
        *("2024-01-31", "31.12.24", "11. 5. 2024", "A12", "12A", "1e", "0x1f", "12_3", "1 2 3"),
        *("$5 EUR", "(-5)", "--5", "5 - 6", "(5", "", "$", "-", "abc", "3\u00bd", "5 /5"),
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    amount = parse_amount(text)
    assert amount is None or amount.point is None


def test_a_limit_is_the_number_that_it_names() -> None:
    amount = parse_amount("<1.5")
    assert amount is not None
    assert (amount.point, amount.limit) == (1.5, True)


def test_texts_are_tidied_to_ascii() -> None:
    assert tidied("\u2212\uff11\uff12\u00a0\uff13") == "-12 3"
