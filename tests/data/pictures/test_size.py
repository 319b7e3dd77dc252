import pytest

from chainrule.data.pictures.size import common_size


@pytest.mark.parametrize(
    ("sizes", "longer_side", "expected"),
    [
        ([(32, 32)] * 3, None, (32, 32)),  # as they are
        ([(20, 30)] * 3, None, (20, 30)),
        ([(480, 640)] * 3, None, (48, 64)),  # at most 64
        ([(480, 640), (48, 64)], None, (48, 64)),  # the same proportions
        ([(480, 640), (640, 480)], None, (64, 64)),  # other proportions: a square
        ([(30, 40), (40, 20), (10, 90)], None, (20, 20)),  # of the median shorter side
        ([(480, 640)] * 3, 128, (96, 128)),
        ([(8, 8)] * 3, 128, (128, 128)),  # what was asked for, though there is no more to see
        ([(1, 1000)], None, (1, 64)),
        ([(1, 1000)], 10, (1, 10)),  # never nothing
    ],
)
def test_the_common_size_keeps_proportions_that_all_share(
    sizes: list[tuple[int, int]], longer_side: int | None, expected: tuple[int, int]
) -> None:
    assert common_size(sizes, longer_side) == expected
