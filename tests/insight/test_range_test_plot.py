"""The picture of a range test shows what was measured and which rate is proposed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.insight.range_test_plot import draw_range_test, write_range_test
from chainrule.training.range_test import RangeTest

RATES = tuple(10.0**k for k in range(-7, 5))
LOSSES = (2.0, 2.2, 1.9, 2.1, 1.5, 1.0, 0.5, 0.7, 0.4, 3.0, 50.0, 900.0)
SMOOTHED = (2.0, 2.1, 2.0, 2.0, 1.8, 1.5, 1.2, 1.1, 0.9, 1.1, 3.0, 9.0)
TEST = RangeTest(RATES, LOSSES, SMOOTHED, proposed=0.0123)


def test_the_losses_and_their_smoothed_course_are_drawn_over_the_rates() -> None:
    (axes,) = draw_range_test(TEST).axes
    raw, smoothed, _ = axes.get_lines()
    assert tuple(np.asarray(raw.get_xdata())) == tuple(np.asarray(smoothed.get_xdata())) == RATES
    assert tuple(np.asarray(raw.get_ydata())) == LOSSES
    assert tuple(np.asarray(smoothed.get_ydata())) == SMOOTHED


def test_the_rates_are_on_a_log_axis() -> None:
    (axes,) = draw_range_test(TEST).axes
    assert axes.get_xscale() == "log"


def test_the_proposed_rate_is_marked_with_its_figure() -> None:
    (axes,) = draw_range_test(TEST).axes
    mark = axes.get_lines()[-1]
    assert list(np.asarray(mark.get_xdata())) == [0.0123, 0.0123]
    legend = axes.get_legend()
    assert legend is not None
    assert "proposed: 0.012" in [text.get_text() for text in legend.get_texts()]


def test_losses_far_above_the_first_ones_are_cut_off() -> None:
    (axes,) = draw_range_test(TEST).axes
    assert axes.get_ylim() == pytest.approx((0, 1.5 * 3.0))


@pytest.mark.parametrize(("suffix", "begins"), [("png", b"\x89PNG\r\n\x1a\n"), ("svg", b"<?xml")])
def test_the_suffix_says_which_kind_of_picture(suffix: str, begins: bytes, tmp_path: Path) -> None:
    write_range_test(TEST, tmp_path / f"range_test.{suffix}")
    assert (tmp_path / f"range_test.{suffix}").read_bytes().startswith(begins)
