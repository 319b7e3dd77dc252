"""Shared fixtures of training: the data sets of the demo, and one thread."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from chainrule.demo import write_data


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with penguins.csv and digits.csv."""
    folder = tmp_path_factory.mktemp("demo")
    write_data(folder)
    return folder


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Networks as small as these leave a second thread waiting, seconds where it has no core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def data_folder() -> Path:
    """The folder of well-known tables."""
    folder = os.environ.get("CHAINRULE_DATA")
    if not folder:
        pytest.skip("CHAINRULE_DATA names no folder of real data sets")
    return Path(folder) / "tabular"
