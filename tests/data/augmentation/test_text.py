"""Augmentations are written as short texts."""

import pytest
import torch

from chainrule.data.augmentation import (
    AUGMENTATIONS,
    PRESETS,
    Augmentation,
    Crop,
    Erase,
    Flip,
    Jitter,
    Rotate,
    Shift,
    Transform,
    parse_augmentation,
)
from chainrule.errors import InputError


@pytest.mark.parametrize(
    ("text", "transform"),
    [
        ("flip", Flip()),
        ("shift:0.2", Shift(0.2)),
        ("rotate:30", Rotate(30)),
        ("crop:2", Crop(2)),
        ("jitter:0.3:0.4", Jitter(brightness=0.3, contrast=0.4)),
        ("jitter:0.1:0.2:0:0", Jitter(0.1, 0.2, 0, 0)),
        (" erase : 1e-1 ", Erase(0.1)),
        ("rotate:7.5", Rotate(7.5)),
        ("jitter:contrast=0.4,hue=0", Jitter(contrast=0.4, hue=0)),
    ],
)
def test_settings_follow_the_name_in_order_or_by_name(text: str, transform: Transform) -> None:
    assert parse_augmentation([text]) == Augmentation((transform,))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_a_name_alone_is_the_transform_with_its_usual_settings(name: str) -> None:
    assert parse_augmentation([name]) == Augmentation((AUGMENTATIONS[name](),))


def test_texts_become_transforms_in_their_order() -> None:
    assert parse_augmentation(["crop", "flip"]) == Augmentation((Crop(), Flip()))


def test_no_texts_are_no_transforms() -> None:
    assert parse_augmentation([]) == Augmentation(())


@pytest.mark.parametrize("name", PRESETS)
def test_the_name_of_a_preset_stands_for_its_texts(name: str) -> None:
    assert parse_augmentation(["erase", name]) == parse_augmentation(["erase", *PRESETS[name]])


def test_digits_are_never_mirrored() -> None:
    assert not any(isinstance(one, Flip) for one in parse_augmentation(["digits"]).transforms)


@pytest.mark.parametrize(("name", "shape"), [("digits", (28, 28)), ("photographs", (32, 32, 3))])
def test_a_preset_changes_pictures_of_its_kind(name: str, shape: tuple[int, ...]) -> None:
    pictures = torch.rand(4, *shape, generator=torch.Generator().manual_seed(0))
    result = parse_augmentation([name]).apply(pictures, torch.arange(4), seed=0, epoch=1)
    assert all(not new.equal(old) for new, old in zip(result, pictures, strict=True))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "flop",
            "augmentation 'flop' is not known. Did you mean 'flip'? Known are: crop, digits, "
            "erase, flip, jitter, none, photographs, rotate, shift, zoom.",
        ),
        (
            "shift:far",
            "augmentation 'shift:far': got share='far', expected a number from 0 to 0.5, such as "
            "share=0.1.",
        ),
        (
            "shift:",
            "augmentation 'shift:': got share='', expected a number from 0 to 0.5, such as "
            "share=0.1.",
        ),
        (
            "crop:4.5",
            "augmentation 'crop:4.5': got padding='4.5', expected a whole number of at least 0, "
            "such as padding=4.",
        ),
        (
            "erase:0.5:0.1:0.2:0.3:7",
            "augmentation 'erase:0.5:0.1:0.2:0.3:7': got more than 4 settings, expected "
            "at most probability, smallest, largest, aspect, such as erase:0.5:0.02:0.4:0.3.",
        ),
        (
            "digits:3",
            "augmentation 'digits:3': got settings, expected none, as digits stands for "
            "shift:0.1, rotate:10, zoom:0.1. Write digits, or these with settings of your own.",
        ),
    ],
)
def test_a_text_that_cannot_be_read_says_what_is_expected(text: str, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_augmentation([text])
    assert str(refusal.value) == message


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        parse_augmentation(["flop", "flip", "rotate:999", "zoom"])
    first, second = str(refusal.value).splitlines()
    assert "flop" in first
    assert "999" in second
