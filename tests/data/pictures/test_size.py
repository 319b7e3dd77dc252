import pytest

from chainrule.data.pictures.size import common_size, note_on_cropping


@pytest.mark.parametrize(
    ("sizes", "longer_side", "expected"),
    [
        ([(32, 32)] * 3, None, (32, 32)),  # as they are
        ([(20, 30)] * 3, None, (20, 30)),
        ([(480, 640)] * 3, None, (48, 64)),  # at most 64
        ([(480, 640), (48, 64)], None, (48, 64)),  # the same proportions
        ([(480, 640), (640, 480)], None, (64, 64)),  # as many of each: a square
        ([(480, 640)] * 9 + [(640, 480)], None, (48, 64)),  # the usual ones
        ([(64, 192)] * 9 + [(64, 193)], None, (21, 64)),
        ([(64, 192), (65, 192)], None, (21, 64)),
        ([(60, 180 + n) for n in range(41)], None, (19, 64)),  # about the median: 60 x 200
        ([(32, 32)] * 99 + [(10, 1000)], None, (32, 32)),
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


@pytest.mark.parametrize("sizes", [[(32, 32)] * 3, [(480, 640), (48, 64)], [(64, 192)] * 2])
def test_nothing_is_told_where_all_have_the_proportions(sizes: list[tuple[int, int]]) -> None:
    assert note_on_cropping(sizes, ["a"] * len(sizes), *common_size(sizes, None)) == ""


def test_proportions_that_differ_by_less_than_a_pixel_are_told() -> None:
    sizes = [(64, 192), (64, 193), (64, 192)]
    assert note_on_cropping(sizes, ["a.png", "b.png", "c.png"], 21, 64) == (
        "2 different proportions of height to width, from 64 x 193 ('b.png') to 64 x 192 "
        "('a.png'): after scaling they are equal, and nothing is cut off"
    )


def test_what_is_cut_off_is_told_with_share_count_and_example() -> None:
    # A square of 480 x 640 leaves 3 of 4 pixels; of 500 x 1000 one half.
    sizes = [(480, 640), (32, 32), (500, 1000)]
    note = note_on_cropping(sizes, ["a.png", "b.png", "c.png"], 32, 32)
    assert note.startswith("3 different proportions of height to width, from 500 x 1,000 ('c.png')")
    assert "the edges of 2 pictures of 3 are cut off, 37.5% of the pixels on average and" in note
    assert "50.0% at most ('c.png')" in note


def test_what_a_model_cuts_off_of_new_pictures_of_one_size_is_told() -> None:
    assert note_on_cropping([(100, 300)], ["x.png"], 50, 50).startswith(
        "to get 50 x 50, the edges of 1 picture of 1 are cut off, 66.7% of the pixels"
    )
