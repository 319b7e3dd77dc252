import json
from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from chainrule.data.dataset import Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.json_fields import Json
from chainrule.data.preparation.pixels import SCALINGS_OF_PIXELS, Pixels
from chainrule.data.reading.read import read
from chainrule.data.table import Column
from chainrule.errors import InputError
from tests.data.conftest import Idx, Write
from tests.data.preparation.inverse import unscaled
from tests.data.read_as import labels, read_images

RANDOM = np.random.default_rng(2)
GREY = RANDOM.integers(0, 256, (300, 5, 4)).astype(np.uint8)
COLOUR = (RANDOM.integers(0, 256, (300, 5, 4, 3)) // np.array([1, 2, 5])).astype(np.uint8)
every_scaling = pytest.mark.parametrize("scaling", SCALINGS_OF_PIXELS)
grey_or_colour = pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])


def expected(pixels: NDArray[np.uint8], scaling: str) -> NDArray[np.float64]:
    """The formula in float64, over all axes but that of the channels."""
    axes = (0, 1, 2)
    mean, deviation = pixels.mean(axes), pixels.std(axes)
    by_name: dict[str, NDArray[np.float64]] = {
        "min_max": pixels / 255,
        "centre": pixels - mean,
        "standardise": (pixels - mean) / deviation,
        "none": pixels.astype(float),
    }
    return by_name[scaling]


@grey_or_colour
@every_scaling
def test_pixels_are_scaled_by_channel(pixels: NDArray[np.uint8], scaling: str) -> None:
    features = Pixels.fit(pixels, scaling).transform(pixels)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, expected(pixels, scaling), rtol=1e-6, atol=1e-6)


@grey_or_colour
@every_scaling
def test_kept_as_bytes_any_of_them_are_the_same_to_the_last_bit(
    pixels: NDArray[np.uint8], scaling: str
) -> None:
    fitted = Pixels.fit(pixels, scaling)
    features, kept = torch.from_numpy(fitted.transform(pixels)), fitted.as_bytes(pixels)
    rows = torch.tensor([7, 0, 7, 299])
    assert len(kept) == 300
    assert kept.shape == features.shape
    assert kept[rows].equal(features[rows])
    assert kept[10:20].equal(features[10:20])
    assert kept.bytes.nbytes * 4 == features.nbytes


def test_bytes_that_may_not_be_written_are_kept_all_the_same() -> None:
    locked = GREY.copy()
    locked.flags.writeable = False
    assert Pixels.fit(GREY).as_bytes(locked)[:].equal(Pixels.fit(GREY).as_bytes(GREY)[:])


def test_by_default_pixels_are_divided_by_255_bit_for_bit() -> None:
    assert Pixels.fit(GREY) == Pixels.fit(GREY, "min_max")
    assert (Pixels.fit(GREY).transform(GREY) == np.divide(GREY, 255, dtype=np.float32)).all()


@grey_or_colour
@every_scaling
def test_black_and_full_light_are_told_for_each_channel(
    pixels: NDArray[np.uint8], scaling: str
) -> None:
    fitted = Pixels.fit(pixels, scaling)
    ends = np.zeros((2, *pixels.shape[1:]), np.uint8)
    ends[1] = 255
    low, high = fitted.transform(ends)
    assert low[0, 0].ravel().tolist() == list(fitted.low)
    assert high[0, 0].ravel().tolist() == list(fitted.high)
    assert len(fitted.low) == (3 if pixels is COLOUR else 1)


@every_scaling
@given(some.data())
def test_the_inverse_of_the_scalings_gives_the_pixels_back(
    scaling: str, data: some.DataObject
) -> None:
    shape = data.draw(some.sampled_from([(3, 2, 2), (2, 1, 3, 2)]))
    pixels = data.draw(arrays(np.uint8, shape))
    fitted = Pixels.fit(pixels, scaling)
    features = fitted.transform(pixels).reshape(len(pixels), -1, len(fitted.scalings))
    channels = [unscaled(one, features[..., c]) for c, one in enumerate(fitted.scalings)]
    again = np.stack(channels, -1).reshape(pixels.shape)
    np.testing.assert_allclose(again, pixels, atol=1e-4)


def test_a_channel_of_one_value_becomes_0() -> None:
    pixels = COLOUR.copy()
    pixels[..., 1] = 7
    features = Pixels.fit(pixels, "standardise").transform(pixels)
    assert (features[..., 1] == 0).all()
    assert (features[..., 0] != 0).any()


@pytest.mark.parametrize("scaling", ["smooth_clip", "robust", "quantile", "centr"])
def test_a_scaling_that_is_none_of_pixels_is_refused(scaling: str) -> None:
    with pytest.raises(InputError) as error:
        Pixels.fit(GREY, scaling)
    assert f"scaling of pixels '{scaling}' is not known." in str(error.value)
    assert "Known are: centre, min_max, none, standardise." in str(error.value)


@every_scaling
def test_only_training_pictures_are_learned_from(scaling: str, pictures: Images) -> None:
    rows = np.arange(20)
    changed = pictures.pixels.copy()
    changed[20:] = 255
    other = Images("p", changed, pictures.target)
    fitted = Preparation.fit(pictures, rows, "binary", scaling=scaling)
    assert Preparation.fit(other, rows, "binary", scaling=scaling) == fitted
    unequal = scaling in ("centre", "standardise")
    everything = Preparation.fit(other, np.arange(30), "binary", scaling=scaling)
    assert (everything.inputs != fitted.inputs) == unequal


@every_scaling
def test_pixels_come_back_from_json_exactly(scaling: str, pictures: Images) -> None:
    fitted = Preparation.fit(pictures, np.arange(30), "binary", scaling=scaling)
    again = Preparation.from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert again == fitted
    assert again.features(pictures).equal(fitted.features(pictures))


def test_features_of_colour_pictures_have_the_channels_last(pictures: Images) -> None:
    fitted = Preparation.fit(pictures, np.arange(30), "binary")
    assert fitted.feature_shape == (4, 3, 2)
    assert fitted.feature_names == ()
    assert fitted.categories_of_features == ()
    torch.testing.assert_close(
        fitted.features(pictures)[3, 2, 1], torch.from_numpy(pictures.pixels[3, 2, 1] / 255).float()
    )


def test_pictures_of_other_colours_are_refused(pictures: Images) -> None:
    fitted = Preparation.fit(pictures, np.arange(30), "binary")
    with pytest.raises(InputError) as error:
        fitted.features(Images("grey", pictures.pixels[..., 0], None))
    assert "got pictures of 4 x 3 pixels, expected 4 x 3 pixels in 2 channels" in str(error.value)
    assert "Convert their colours." in str(error.value)


def test_pixels_of_another_kind_are_no_images() -> None:
    with pytest.raises(TypeError, match="float64 of shape"):
        Images("p", cast("NDArray[np.uint8]", np.zeros((2, 2, 2))), None)
    with pytest.raises(TypeError, match="or have channels of colour behind"):
        Images("p", np.zeros((2, 2), np.uint8), None)


def test_some_colour_pictures_are_taken_with_their_targets(pictures: Images) -> None:
    taken = pictures.take(np.array([4, 1]))
    assert (taken.pixels == pictures.pixels[[4, 1]]).all()
    assert labels(taken) == [labels(pictures)[4], labels(pictures)[1]]


def test_an_idx_file_of_four_dimensions_is_of_colour_pictures(write: Write, idx: Idx) -> None:
    path = write("images", idx((2, 2, 1, 3), bytes(range(12))))
    write("labels", idx((2,), b"\1\0"))
    images = read_images(path)
    assert images.pixels.tolist() == [[[[0, 1, 2]], [[3, 4, 5]]], [[[6, 7, 8]], [[9, 10, 11]]]]
    assert labels(images) == [1, 0]


def test_a_truncated_idx_file_of_colour_pictures_is_refused(write: Write, idx: Idx) -> None:
    content = idx((2, 2, 1, 3), bytes(range(12)))
    with pytest.raises(InputError, match="got 31 bytes, expected 32 for 2 x 2 x 1 x 3 values"):
        read(write("images", content[:-1]))
    with pytest.raises(InputError, match="got 18 bytes, expected 20 for its header alone"):
        read(write("images", content[:18]))


@pytest.mark.parametrize("axes", [2, 5])
def test_an_idx_file_of_other_dimensions_is_refused(write: Write, idx: Idx, axes: int) -> None:
    with pytest.raises(InputError, match=f"with {axes} dimensions, expected 3 or 4 for pictures"):
        read(write("images", idx((1,) * axes, b"1")))


def test_colour_pictures_are_no_labels(write: Write, idx: Idx) -> None:
    path = write("images", idx((2, 2, 1, 3), bytes(range(12))))
    with pytest.raises(InputError, match="expected 1 for labels: these are pictures in colour"):
        read(path, target=str(path))


def hostile(**changes: object) -> Json:
    images = Images("p", COLOUR, Column("y", np.arange(300) % 2.0))
    stored = Preparation.fit(images, np.arange(300), "binary").as_json()
    stored["inputs"].update(changes)
    return stored


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shape": [5, 4, 2]}, "as scalings, expected a list of 2, one a channel"),
        ({"shape": [5, 4]}, "as scalings, expected a list of 1, one a channel"),
        ({"shape": [5]}, "pixels: got [5] as shape, expected 2 or 3 positive whole numbers"),
        ({"shape": [5, 4, 0]}, "got [5, 4, 0] as shape"),
        ({"shape": [5.0, 4, 3]}, "got [5.0, 4, 3] as shape"),
        ({"shape": "543"}, "got '543' as shape"),
        ({"scalings": None}, "got None as scalings"),
        ({"scalings": [1, 2, 3]}, "scaling: got 1, expected an object whose kind is"),
        ({"kind": "voxels"}, "got 'voxels' as kind, expected 'pixels'"),
    ],
)
def test_damaged_pixels_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as error:
        Preparation.from_json(hostile(**changes))
    assert said in str(error.value)
