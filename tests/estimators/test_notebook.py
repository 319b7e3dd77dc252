"""The HTML of an estimator in a notebook."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from sklearn.datasets import load_iris

from chainrule import NeuralClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def shown() -> str:
    estimator = NeuralClassifier((7,), max_iter=5, early_stopping=True, random_state=0)
    html: str = estimator.fit(*load_iris(return_X_y=True))._repr_html_()
    return html.split('class="chainrule-fitted"')[1]


def test_before_learning_only_parameters_are_shown() -> None:
    assert "chainrule-fitted" not in NeuralClassifier()._repr_html_()


def test_the_layers_are_shown_with_their_shapes(shown: str) -> None:
    assert "dense_1.weights 7 x 4" in shown
    assert "dense_2.bias 3" in shown


def test_the_best_epoch_is_shown(shown: str) -> None:
    assert re.search(r"Epoch [1-5] of 5, training loss \d", shown)


def test_both_curves_are_drawn_within_the_picture(shown: str) -> None:
    svg = ElementTree.fromstring(re.findall(r"<svg.*?</svg>", shown)[0])
    width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
    lines = [line.attrib["points"].split() for line in svg.iter("polyline")]
    assert [len(points) for points in lines] == [5, 5]
    for x, y in (map(float, point.split(",")) for points in lines for point in points):
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_nothing_is_fetched_from_elsewhere(shown: str) -> None:
    assert "http" not in shown
