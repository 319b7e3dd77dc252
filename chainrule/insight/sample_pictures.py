"""Section of the report with test images, their predictions and the most confident mistakes."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from chainrule import randomness
from chainrule.data.dataset import Images
from chainrule.data.formatting import format_number
from chainrule.insight.predictions import ClassPredictions, NumberPredictions, Predictions

SAMPLES = 12
MISTAKES = 12
# Larger images are scaled down to this; smaller ones are enlarged by the browser.
SHOWN_PIXELS = 96

STYLE = """
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
.pictures figure { width: 7rem; margin: 0; overflow-wrap: anywhere; }
.pictures img { height: 6rem; max-width: 7rem; object-fit: contain; image-rendering: pixelated; }
.pictures figcaption { font-size: .8rem; line-height: 1.3; }
"""


@dataclass(frozen=True, eq=False)
class CaptionedImage:
    """An image with its true target and its prediction.

    Attributes:
        pixels: (height, width), grey, or (height, width, channels); uint8.
        truth: true target as text.
        caption: prediction and true target as text.
        name: name of the file; empty where the image has no file of its own.
    """

    pixels: NDArray[np.uint8]
    truth: str
    caption: str
    name: str = ""


def pictures_section(predictions: Predictions, *, seed: int) -> str:
    """Return HTML with some images, drawn at random, and the worst mistakes of all.

    Args:
        predictions: predictions of the model.
        seed: seed of the run.
    Returns:
        The HTML; empty unless the samples are images in grey or colour.
    """
    images = predictions.rows
    if not isinstance(images, Images) or not _displayable(images):
        return ""
    drawn = randomness.numpy_generator(seed, "pictures to show").permutation(len(images))[:SAMPLES]
    parts = [
        "<h3>Drawn at random</h3>",
        _gallery(captioned_images(predictions, images, np.sort(drawn))),
    ]
    worst = predictions.worst_first()[:MISTAKES]
    if len(worst):
        of_numbers = isinstance(predictions, NumberPredictions)
        heading = "The largest errors" if of_numbers else "The most confident mistakes"
        parts += [f"<h3>{heading}</h3><p>Worst first; check whether their labels are right.</p>"]
        parts += [_gallery(captioned_images(predictions, images, worst))]
    return "\n".join(parts)


def captioned_images(
    predictions: Predictions, images: Images, indices: NDArray[np.int64]
) -> list[CaptionedImage]:
    """Return some of the images with their predictions.

    Args:
        predictions: predictions for all images.
        images: all images.
        indices: indices of the images to return, in order.
    """
    names = [""] * len(images) if images.names is None else images.names
    return [
        CaptionedImage(images.pixels[index], *_caption(predictions, index), str(names[index]))
        for index in indices.tolist()
    ]


def _displayable(images: Images) -> bool:
    """Return whether images are grey, or in colour with or without transparency."""
    return images.pixels.ndim == 3 or images.pixels.shape[3] in (1, 3, 4)


def _caption(predictions: Predictions, index: int) -> tuple[str, str]:
    """Return the true target of an image and its caption."""
    if isinstance(predictions, ClassPredictions):
        return _class_caption(predictions, index)
    truth = format_number(float(predictions.truth[index]))
    return truth, f"predicted {predictions.predicted[index]:.4g}; true {truth}"


def _class_caption(predictions: ClassPredictions, index: int) -> tuple[str, str]:
    predicted = predictions.classes[predictions.predicted[index]]
    truth = predictions.classes[predictions.truth[index]]
    confidence = f"{predictions.confidence[index]:.0%}"
    if predicted == truth:
        return truth, f"{predicted}, {confidence}"
    true_probability = f"{predictions.true_probabilities[index]:.0%}"
    return truth, f"predicted {predicted}, {confidence}; true {truth}, {true_probability}"


def _gallery(images: Iterable[CaptionedImage]) -> str:
    figures = "".join(
        f'<figure><img src="{_data_uri(each.pixels)}" alt="{escape(each.truth)}">'
        f"<figcaption>{escape(each.caption)}<br><small>{escape(each.name)}</small></figcaption>"
        "</figure>"
        for each in images
    )
    return f'<div class="pictures">{figures}</div>'


def _data_uri(pixels: NDArray[np.uint8]) -> str:
    """Return an image as a PNG data URI, so that the page needs no other file."""
    from PIL import Image  # imported here because only images need it

    picture = Image.fromarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels)
    picture.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
    content = io.BytesIO()
    picture.save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode('ascii')}"
