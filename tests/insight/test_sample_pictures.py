"""The report shows pictures of the test, and the mistakes that the network was surest of."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image

from chainrule.data import Column, Images
from chainrule.insight.sample_pictures import (
    Shown,
    pictures_section,
    shown_pictures,
    worst_mistakes,
)
from chainrule.layers import Dense, Flatten, Network
from chainrule.training.prepare import Prepared, prepare
from chainrule.training.progress import Silent
from chainrule.training.settings import Settings
from chainrule.training.train import Run, fit
from tests.insight.runs import ATTACK
from tests.training import toys


def trained(images: Images, outputs: int, **settings: Any) -> tuple[Run, Prepared]:
    chosen = Settings(epochs=3, **settings)
    prepared = prepare(images, chosen)
    network = Network(Flatten(), Dense(outputs))
    return fit(network, prepared, settings=chosen, progress=Silent()), prepared


def pictures(target: Column, colour: bool = True) -> Images:
    shape = (len(target), 5, 4, 3) if colour else (len(target), 5, 4)
    return Images(
        "photos", np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8), target
    )


def classes(names: str = "abc", rows: int = 60) -> Column:
    return Column("class", np.array([*names] * (rows // len(names)), np.object_))


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_each_picture_has_the_answer_of_the_model_and_its_own_class(names: str) -> None:
    images = pictures(classes(names))
    run, prepared = trained(images, 1 if len(names) == 2 else 3)
    assert prepared.test is not None
    shown = shown_pictures(run.model, prepared.test)
    right = sum(each.said == each.truth for each in shown)
    assert right / len(shown) == pytest.approx(run.test["accuracy"])
    assert [each.truth for each in shown] == [
        names[int(place)] for place in prepared.test.targets.reshape(-1)
    ]


@pytest.mark.parametrize("scaling", ["min_max", "standardise"])
def test_the_pixels_are_those_of_the_file(scaling: str) -> None:
    images = pictures(classes())
    run, prepared = trained(images, 3, scaling=scaling)
    assert prepared.test is not None
    every = {picture.tobytes() for picture in images.pixels}
    assert all(each.pixels.tobytes() in every for each in shown_pictures(run.model, prepared.test))


def test_numbers_err_by_their_difference() -> None:
    run, prepared = trained(pictures(Column("age", np.arange(60.0))), 1)
    assert prepared.test is not None
    shown = shown_pictures(run.model, prepared.test)
    assert sum(each.wrong for each in shown) / len(shown) == pytest.approx(run.test["mae"])
    assert "The largest errors, worst first" in pictures_section(
        run.model, prepared.test, None, seed=0
    )


def of(wrong: float) -> Shown:
    return Shown(np.zeros((2, 2), np.uint8), "a", "b", wrong, "")


def test_the_surest_mistakes_come_first_and_what_is_right_is_none() -> None:
    worst = worst_mistakes([of(wrong) for wrong in (0.3, 0.0, 0.9, 0.5)], most=2)
    assert [each.wrong for each in worst] == [0.9, 0.5]


@pytest.mark.parametrize("colour", [True, False])
def test_the_pictures_stand_in_the_page_itself(colour: bool) -> None:
    images = pictures(classes(), colour)
    run, prepared = trained(images, 3)
    page = pictures_section(run.model, prepared.test, None, seed=0)
    sources = re.findall(r'src="([^"]*)"', page)
    assert len(sources) >= 9
    every = {picture.tobytes() for picture in images.pixels}
    for source in sources:
        content = base64.b64decode(source.removeprefix("data:image/png;base64,"), validate=True)
        assert np.asarray(Image.open(io.BytesIO(content))).tobytes() in every


def test_the_same_seed_draws_the_same_pictures() -> None:
    run, prepared = trained(pictures(classes(rows=150)), 3)
    first, again, other = (
        pictures_section(run.model, prepared.test, None, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_names_of_files_and_classes_are_text_and_not_markup() -> None:
    target = Column("class", np.array([ATTACK, "b", "c"] * 20, np.object_))
    run, prepared = trained(pictures(target), 3)
    assert prepared.test is not None
    names = [f"{ATTACK}/{place}.jpg" for place in range(len(prepared.test))]
    page = pictures_section(run.model, prepared.test, names, seed=0)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;/0.jpg" in page


def test_what_is_no_picture_is_not_shown() -> None:
    table = toys.run("classification", epochs=1)
    assert pictures_section(table.model, toys.prepared("classification").test, None, seed=0) == ""


def test_pictures_that_were_projected_no_longer_look_like_some() -> None:
    run, prepared = trained(pictures(classes()), 3, projection="pca")
    assert pictures_section(run.model, prepared.test, None, seed=0) == ""


def test_without_a_test_there_is_nothing_to_show() -> None:
    run, _ = trained(pictures(classes()), 3)
    assert pictures_section(run.model, None, None, seed=0) == ""
