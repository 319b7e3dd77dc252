"""Learning curves are pictures of the history."""

import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from chainrule.insight.curves import draw_curves, write_curves
from chainrule.training.train import Run

HISTORY = [
    {"epoch": 1, "training_loss": 0.9, "validation_accuracy": 0.5, "validation_loss": 1.0},
    {"epoch": 2, "training_loss": 0.5, "validation_accuracy": 0.8, "validation_loss": 0.7},
    {"epoch": 3, "training_loss": 0.4, "validation_accuracy": 0.7, "validation_loss": 0.8},
]


def lines(axes: Axes) -> dict[str, list[float]]:
    return {str(line.get_label()): y_of(line) for line in axes.get_lines()}


def y_of(line: Line2D) -> list[float]:
    return list(np.asarray(line.get_ydata()))


def test_the_png_is_one_of_the_size_it_says(run: Run, tmp_path: Path) -> None:
    write_curves(run.history, [2], tmp_path / "curves.png")
    content = (tmp_path / "curves.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert content.endswith(b"IEND\xae\x42\x60\x82")
    width, height = struct.unpack(">II", content[16:24])
    # Two pictures of 4.8 by 3.6 inches side by side, at 110 dots an inch.
    assert (width, height) == pytest.approx((2 * 4.8 * 110, 3.6 * 110), abs=1)


def test_the_suffix_says_which_kind_of_picture(run: Run, tmp_path: Path) -> None:
    write_curves(run.history, [2], tmp_path / "curves.svg")
    assert ET.parse(tmp_path / "curves.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_the_losses_of_all_epochs_are_drawn() -> None:
    loss = lines(draw_curves(HISTORY, [2]).axes[0])
    assert loss["training loss"] == [0.9, 0.5, 0.4]
    assert loss["validation loss"] == [1.0, 0.7, 0.8]


def test_the_validation_metric_is_drawn_beside_the_losses() -> None:
    figure = draw_curves(HISTORY, [2])
    assert [axes.get_title() for axes in figure.axes] == ["Loss", "Validation accuracy"]
    assert lines(figure.axes[1])["validation accuracy"] == [0.5, 0.8, 0.7]


def test_the_best_epoch_is_marked_in_each() -> None:
    for axes in draw_curves(HISTORY, [2]).axes:
        assert [2, 2] in [list(np.asarray(line.get_xdata())) for line in axes.get_lines()]


def test_without_validation_the_training_loss_stands_alone() -> None:
    history = [{"epoch": n["epoch"], "training_loss": n["training_loss"]} for n in HISTORY]
    (axes,) = draw_curves(history, [3]).axes
    assert "validation loss" not in lines(axes)


def test_one_epoch_is_a_point_that_can_be_seen() -> None:
    line = draw_curves(HISTORY[:1], [1]).axes[0].get_lines()[0]
    assert line.get_marker() == "o"


def test_each_member_has_a_pale_curve_as_long_as_it_learned() -> None:
    figure = draw_curves(HISTORY[:2], [2], members=[HISTORY, HISTORY[:2]])
    for axes, name in zip(figure.axes, ("training_loss", "validation_accuracy"), strict=True):
        pale = [y_of(line) for line in axes.get_lines() if (line.get_alpha() or 1) < 1]
        for member in (HISTORY, HISTORY[:2]):
            assert [record[name] for record in member] in pale
