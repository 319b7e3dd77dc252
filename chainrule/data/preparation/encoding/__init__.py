"""Encoding: how a column of categories becomes numbers, by name."""

from chainrule.data.preparation.encoding.categories import (
    ENCODINGS,
    Categories,
    is_identifier,
)
from chainrule.data.preparation.encoding.codes import Codes
from chainrule.data.preparation.encoding.one_hot import OneHot
from chainrule.data.preparation.encoding.ordinal import Ordinal

__all__ = [
    "ENCODINGS",
    "Categories",
    "Codes",
    "OneHot",
    "Ordinal",
    "is_identifier",
]
