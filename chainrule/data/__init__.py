"""Data: a file is read into typed columns, its rows are split, and what is learned from prepared.

What has to be learned from the data itself, such as a mean, is learned from the training rows only.
"""

from chainrule.data.columns.task import Task, check_target, infer_task
from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.splits import Shares, Split, split_rows
from chainrule.data.table import Column, Table

__all__ = [
    "Column",
    "Dataset",
    "Images",
    "Preparation",
    "Shares",
    "Split",
    "Table",
    "Task",
    "check_target",
    "infer_task",
    "split_rows",
]
