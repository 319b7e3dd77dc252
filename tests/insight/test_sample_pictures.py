"""The report shows pictures of the test, and the mistakes that the network was surest of."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image

from chainrule.data.dataset import Images
from chainrule.data.table import Column
from chainrule.insight.predictions import (
    ClassPredictions,
    NumberPredictions,
    Predictions,
    predict_with_truth,
)
from chainrule.insight.report import page
from chainrule.insight.sample_pictures import captioned_images, pictures_section
from chainrule.layers import Dense, Flatten, Network
from tests.insight.page import Page
from tests.insight.runs import ATTACK, evidence, evidence_of, trained


def answered(images: Images, outputs: int, **settings: Any) -> Predictions:
    run, prepared = trained(images, Network(Flatten(), Dense(outputs)), epochs=3, **settings)
    assert prepared.held_out is not None
    return predict_with_truth(run.model, prepared.held_out)


def pictures(target: Column, colour: bool = True) -> Images:
    shape = (len(target), 5, 4, 3) if colour else (len(target), 5, 4)
    names = np.array([f"{place}.jpg" for place in range(len(target))], np.object_)
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    return Images("photos", pixels, target, names=names)


def classes(names: str = "abc", rows: int = 60) -> Column:
    return Column("class", np.array([*names] * (rows // len(names)), np.object_))


def everything(images: Images) -> np.ndarray:
    return np.arange(len(images))


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_each_picture_has_its_own_class_and_its_own_file(names: str) -> None:
    images = pictures(classes(names))
    found = answered(images, 1 if len(names) == 2 else 3)
    assert isinstance(found.rows, Images)
    for shown in captioned_images(found, found.rows, everything(found.rows)):
        place = int(shown.name.removesuffix(".jpg"))
        assert shown.truth == names[place % len(names)]
        assert (shown.pixels == images.pixels[place]).all()


def test_what_is_wrong_is_said_with_both_probabilities() -> None:
    images = pictures(classes("ab", rows=2))
    probabilities = np.array([[0.25, 0.75], [0.1, 0.9]])
    found = ClassPredictions(images, ("a", "b"), probabilities, np.array([0, 1]))
    wrong, right = captioned_images(found, images, everything(images))
    assert wrong.caption == "predicted b, 75%; true a, 25%"
    assert right.caption == "b, 90%"


def test_numbers_are_said_beside_the_true_ones() -> None:
    images = pictures(Column("age", np.array([20.0, 30.0])))
    found = NumberPredictions(images, np.array([21.5, 30.0]), np.array([20.0, 30.0]))
    first, _ = captioned_images(found, images, everything(images))
    assert first.caption == "predicted 21.5; true 20"
    assert "The largest errors" in pictures_section(found, seed=0)


@pytest.mark.parametrize("projection", [None, "pca"])
@pytest.mark.parametrize("colour", [True, False])
def test_the_pictures_stand_in_the_page_itself(colour: bool, projection: str | None) -> None:
    images = pictures(classes(), colour)
    section = pictures_section(answered(images, 3, projection=projection), seed=0)
    sources = re.findall(r'src="([^"]*)"', section)
    assert len(sources) >= 9
    every = {picture.tobytes() for picture in images.pixels}
    for source in sources:
        content = base64.b64decode(source.removeprefix("data:image/png;base64,"), validate=True)
        assert np.asarray(Image.open(io.BytesIO(content))).tobytes() in every


def test_the_same_seed_draws_the_same_pictures() -> None:
    found = answered(pictures(classes(rows=150)), 3)
    first, again, other = (pictures_section(found, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_names_of_files_and_classes_are_text_and_not_markup() -> None:
    target = Column("class", np.array([ATTACK, "b"], np.object_))
    names = np.array([f"{ATTACK}.jpg", "b.jpg"], np.object_)
    images = Images("photos", np.zeros((2, 5, 5), np.uint8), target, names=names)
    probabilities = np.array([[0.2, 0.8], [0.1, 0.9]])
    found = ClassPredictions(images, (ATTACK, "b"), probabilities, np.array([0, 1]))
    section = Page(pictures_section(found, seed=0))
    assert "script" not in section.tags
    assert f"{ATTACK}.jpg" in section.text


def test_what_is_no_picture_is_not_shown() -> None:
    found = evidence_of("classification", epochs=1).predictions
    assert found is not None
    assert pictures_section(found, seed=0) == ""


def test_a_report_on_pictures_shows_them_and_no_columns() -> None:
    network = Network(Flatten(), Dense(3))
    told = Page(page(evidence(*trained(pictures(classes()), network, epochs=1))))
    assert {"pictures", "confusion", "calibration"} <= set(told.every("id"))
    assert not {"importance", "mistakes"} & set(told.every("id"))
    assert "Pictures of 5 x 4 x 3 pixels, scaled by min_max." in told.text
