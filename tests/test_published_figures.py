"""Scores on public data beside those that others published, from raw files to the test."""

import os
from pathlib import Path

import pytest

from chainrule import Dense, Gaussian, Network, read, train

needs_data = pytest.mark.skipif(
    "CHAINRULE_DATA" not in os.environ,
    reason="CHAINRULE_DATA names no folder with mnist/ and tabular/",
)
FOLDER = Path(os.environ.get("CHAINRULE_DATA", ""))
MNIST = FOLDER / "mnist"


@needs_data
def test_the_textbook_network_reads_digits_as_well_as_in_the_textbook() -> None:
    # Saito (2016), Deep Learning from Scratch, chapter 5: 0.971 by the book's own script.
    small = Gaussian(0.01)
    network = Network(Dense(50, "relu", small), Dense(10, None, small))
    digits = read(MNIST / "train-images-idx3-ubyte.gz")
    test = read(MNIST / "t10k-images-idx3-ubyte.gz")
    for seed in (0, 1, 2):
        run = train(
            network,
            digits,
            test=test,
            iterations=10_000,
            batch_size=100,
            sampling="with_replacement",
            optimizer="gradient_descent",
            learning_rate=0.1,
            split=(1, 0, 0),
            seed=seed,
            progress=False,
        )
        assert run.test["accuracy"] >= 0.965


@needs_data
def test_two_wide_layers_read_98_percent_of_digits_within_ten_epochs() -> None:
    run = train(
        Network(Dense(512, "relu"), Dense(512, "relu"), Dense(10)),
        read(MNIST / "train-images-idx3-ubyte.gz"),
        test=read(MNIST / "t10k-images-idx3-ubyte.gz"),
        epochs=10,
        batch_size=512,
        split=(1, 0, 0),
        progress=False,
    )
    assert run.test["accuracy"] >= 0.98


@needs_data
def test_adult_incomes_are_told_as_well_as_by_tuned_networks() -> None:
    # Gorishniy et al. (2021), MLP, mean of 15 seeds on the official test rows: 0.8522.
    folder = FOLDER / "tabular" / "adult"
    run = train(
        Network(Dense(128, "relu"), Dense(64, "relu"), Dense(1)),
        read(folder / "adult-train.csv", target="income"),
        test=read(folder / "adult-test.csv", target="income"),
        progress=False,
    )
    assert run.test["accuracy"] >= 0.85


@needs_data
def test_house_prices_are_told_better_than_by_a_line() -> None:
    # Geron (2019), Hands-On Machine Learning, chapter 2: linear regression 68,628.
    run = train(
        Network(Dense(128, "relu"), Dense(64, "relu"), Dense(1)),
        read(FOLDER / "tabular/california-housing/housing.csv", target="median_house_value"),
        progress=False,
    )
    assert run.test["rmse"] <= 60_000
