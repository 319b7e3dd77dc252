"""Splits into training, validation and test rows, or into folds, and their overlap.

Rows are split at random, by group, by time, or by a column that names the part of each row.
"""

from chainrule.data.splits.column import split_by_column
from chainrule.data.splits.duplicates import first_occurrences, in_training
from chainrule.data.splits.folds import random_folds
from chainrule.data.splits.group import (
    Groups,
    group_folds,
    groups_by_value,
    groups_of,
    split_groups,
)
from chainrule.data.splits.overlap import Overlap, overlap_of_groups, overlap_of_rows
from chainrule.data.splits.shares import Shares, remaining_shares, split_rows
from chainrule.data.splits.split import PARTS, Fold, Split
from chainrule.data.splits.suggestions import SplitSuggestion, suggest_splits
from chainrule.data.splits.time import Times, split_times, time_folds, times_of

__all__ = [
    "PARTS",
    "Fold",
    "Groups",
    "Overlap",
    "Shares",
    "Split",
    "SplitSuggestion",
    "Times",
    "first_occurrences",
    "group_folds",
    "groups_by_value",
    "groups_of",
    "in_training",
    "overlap_of_groups",
    "overlap_of_rows",
    "random_folds",
    "remaining_shares",
    "split_by_column",
    "split_groups",
    "split_rows",
    "split_times",
    "suggest_splits",
    "time_folds",
    "times_of",
]
