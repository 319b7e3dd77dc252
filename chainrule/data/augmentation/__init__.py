"""Data augmentation: random transforms of pictures.

Each transform is one file, registered by name. The augmented sample is a function of seed, epoch
and sample, independent of its batch.
"""

from chainrule.data.augmentation.augmentation import Augmentation
from chainrule.data.augmentation.crop import Crop
from chainrule.data.augmentation.erase import Erase
from chainrule.data.augmentation.flip import Flip
from chainrule.data.augmentation.jitter import Jitter
from chainrule.data.augmentation.mixup import Mixup
from chainrule.data.augmentation.presets import PRESETS
from chainrule.data.augmentation.rotate import Rotate
from chainrule.data.augmentation.shift import Shift
from chainrule.data.augmentation.text import parse_augmentation
from chainrule.data.augmentation.transform import AUGMENTATIONS, Transform
from chainrule.data.augmentation.zoom import Zoom
from chainrule.registry import import_all

import_all(__name__)

__all__ = [
    "AUGMENTATIONS",
    "PRESETS",
    "Augmentation",
    "Crop",
    "Erase",
    "Flip",
    "Jitter",
    "Mixup",
    "Rotate",
    "Shift",
    "Transform",
    "Zoom",
    "parse_augmentation",
]
