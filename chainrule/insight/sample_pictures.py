"""Pictures of the test with what the network said of them, and its most confident mistakes."""

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
from chainrule.insight.answers import Answers, ClassAnswers, NumberAnswers

SAMPLES = 12
MISTAKES = 12
# Small pictures are shown larger, as squares of light, and none larger than this.
SHOWN_PIXELS = 96

STYLE = """
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
.pictures figure { width: 7rem; margin: 0; overflow-wrap: anywhere; }
.pictures img { height: 6rem; max-width: 7rem; object-fit: contain; image-rendering: pixelated; }
.pictures figcaption { font-size: .8rem; line-height: 1.3; }
"""


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture with its answer.

    Attributes:
        pixels: (height, width), grey, or (height, width, channels); uint8.
        truth: what it is.
        caption: what is said of it, in words.
        name: of its file; empty where it has none of its own.
    """

    pixels: NDArray[np.uint8]
    truth: str
    caption: str
    name: str = ""


def pictures_section(answers: Answers, *, seed: int) -> str:
    """HTML that shows some pictures, drawn at random, and the worst mistakes among all of them.

    Args:
        answers: of the model.
        seed: of the run.
    Returns:
        Nothing if they are of no pictures, or of such as nobody can look at.
    """
    images = answers.rows
    if not isinstance(images, Images) or not _can_be_seen(images):
        return ""
    drawn = randomness.numpy_generator(seed, "pictures to show").permutation(len(images))[:SAMPLES]
    parts = [
        "<h3>Drawn at random</h3>",
        _gallery(shown_pictures(answers, images, np.sort(drawn))),
    ]
    worst = answers.mistakes()[:MISTAKES]
    if len(worst):
        of_numbers = isinstance(answers, NumberAnswers)
        surest = "The largest errors" if of_numbers else "The mistakes it was surest of"
        parts += [f"<h3>{surest}</h3><p>Worst first; look whether their labels are right.</p>"]
        parts += [_gallery(shown_pictures(answers, images, worst))]
    return "\n".join(parts)


def shown_pictures(answers: Answers, images: Images, places: NDArray[np.int64]) -> list[Shown]:
    """Some of the pictures with their answers.

    Args:
        answers: of all.
        images: that were answered.
        places: of those that are wanted, in the order that is wanted.
    """
    names = [""] * len(images) if images.names is None else images.names
    return [
        Shown(images.pixels[place], *_say(answers, place), str(names[place]))
        for place in places.tolist()
    ]


def _can_be_seen(images: Images) -> bool:
    """Whether they are grey, grey with transparency, in colour, or that with transparency."""
    return images.pixels.ndim == 3 or images.pixels.shape[3] in (1, 3, 4)


def _say(answers: Answers, place: int) -> tuple[str, str]:
    """What a picture is, and what was said of it."""
    if isinstance(answers, ClassAnswers):
        return _say_class(answers, place)
    truth = format_number(float(answers.truth[place]))
    return truth, f"said {answers.predicted[place]:.4g}; is {truth}"


def _say_class(answers: ClassAnswers, place: int) -> tuple[str, str]:
    said, truth = answers.classes[answers.said[place]], answers.classes[answers.truth[place]]
    sure = f"{answers.confidence[place]:.0%}"
    if said == truth:
        return truth, f"{said}, {sure}"
    return truth, f"said {said}, {sure}; is {truth}, {answers.of_truth[place]:.0%}"


def _gallery(shown: Iterable[Shown]) -> str:
    figures = "".join(
        f'<figure><img src="{_data_uri(each.pixels)}" alt="{escape(each.truth)}">'
        f"<figcaption>{escape(each.caption)}<br><small>{escape(each.name)}</small></figcaption>"
        "</figure>"
        for each in shown
    )
    return f'<div class="pictures">{figures}</div>'


def _data_uri(pixels: NDArray[np.uint8]) -> str:
    """A picture as PNG within the page, so that it needs no other file."""
    from PIL import Image  # needed for pictures alone

    picture = Image.fromarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels)
    picture.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
    content = io.BytesIO()
    picture.save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode('ascii')}"
