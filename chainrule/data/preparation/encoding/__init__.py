"""Encodings of categorical columns, by name."""

from chainrule.data.preparation.encoding.auto import Auto
from chainrule.data.preparation.encoding.categories import ENCODINGS, Categories
from chainrule.data.preparation.encoding.codes import Codes
from chainrule.data.preparation.encoding.one_hot import OneHot
from chainrule.data.preparation.encoding.ordinal import Ordinal
from chainrule.registry import import_all

import_all(__name__)

__all__ = [
    "ENCODINGS",
    "Auto",
    "Categories",
    "Codes",
    "OneHot",
    "Ordinal",
]
