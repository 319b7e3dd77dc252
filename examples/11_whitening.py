"""Centring, scaling, PCA and whitening of a cloud of points, and of pictures.

Each step removes one more property that is irrelevant to the task. The covariance of the training
samples has eigenvectors, the rows of U, and along each a variance v:

    centred          x - mean                               the mean is 0
    standardised     (x - mean) / deviation                 all features have variance 1
    PCA              U (x - mean)                           rotated: features are uncorrelated
    PCA whitening    U (x - mean) / sqrt(v + epsilon)       and have equal variance
    ZCA whitening    U^T (U (x - mean) / sqrt(v + epsilon)) rotated back, nearest to the original

The more the variances differ between directions, the longer the valley of gradient descent. Its
measure is the condition number, the largest variance over the smallest. All transformations are
fitted on 70 % of the samples, and measured on the others.

Source: Kessy, Lewin & Strimmer (2018), Optimal whitening and decorrelation.
"""

from pathlib import Path

import numpy as np
from command import run
from data import penguins
from digit_pictures import digit_pictures
from matplotlib.axes import Axes
from style import COLOURS, panels, save
from tiles import draw_tiles

from chainrule.data.dataset import Dataset
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.projection.spectrum import Spectrum
from chainrule.data.splits import split_rows

STEPS: dict[str, dict[str, str]] = {
    "as given": {"scaling": "none"},
    "centred": {"scaling": "centre"},
    "standardised": {"scaling": "standardise"},
    "PCA": {"scaling": "standardise", "projection": "pca"},
    "PCA whitening": {"scaling": "standardise", "projection": "pca_whitening"},
    "ZCA whitening": {"scaling": "standardise", "projection": "zca_whitening"},
}
# Added to variances of pixels from 0 to 1, so that nearly constant corners are not amplified.
EPSILON = 0.01
KEPT = 0.95
SHARES = (0.7, 0, 0.3)  # of training, validation and test samples


def measured_penguins() -> Dataset:
    """Return two features of the penguins, without the two rows of missing values."""
    data = penguins(columns=["bill_length_mm", "flipper_length_mm"])
    return data.take(~data.column("bill_length_mm").missing)


def prepared(data: Dataset, **options: object) -> tuple[Preparation, np.ndarray, np.ndarray]:
    """Fit a preparation on 70 % of the samples, and prepare the others.

    Returns:
        The preparation, the features, and the classes in numbers.
    """
    rows = split_rows(data.target, "classification", SHARES, seed=0)
    preparation = Preparation.fit(data, rows.train, "classification", **options)
    others = data.take(rows.test)
    return preparation, preparation.features(others).numpy(), preparation.targets(others).numpy()


def zca_whitened(pictures: Dataset) -> np.ndarray:
    """Return the same samples after ZCA whitening by the formula above, with EPSILON."""
    rows = split_rows(pictures.target, "classification", SHARES, seed=0)
    preparation = Preparation.fit(pictures, rows.train, "classification")
    training, others = (
        preparation.features(pictures.take(part)).numpy() for part in (rows.train, rows.test)
    )
    spectrum = Spectrum.of(training.reshape(len(training), -1))
    u, deviations = spectrum.directions, np.sqrt(spectrum.variances + EPSILON)
    projected = (others.reshape(len(others), -1) - spectrum.mean) @ u.T
    return (projected / deviations @ u).reshape(others.shape)


def condition(features: np.ndarray) -> float:
    """Return the largest variance along any direction over the smallest."""
    variances = np.linalg.eigvalsh(np.cov(features.T))
    return float(variances[-1] / variances[0])


def correlation_of_neighbours(pictures: np.ndarray) -> float:
    """Return the mean correlation of pixels with their right neighbours, where both vary."""
    left, right = pictures[:, :, :-1], pictures[:, :, 1:]
    left, right = (side - side.mean(0) for side in (left, right))
    spreads = np.sqrt((left**2).mean(0) * (right**2).mean(0))
    return float(((left * right).mean(0)[spreads > 0] / spreads[spreads > 0]).mean())


def draw_points(axes: Axes, features: np.ndarray, classes: np.ndarray, title: str) -> None:
    """Draw two features of each sample, with equal scales of both axes."""
    for number, colour in enumerate(COLOURS[:3]):
        axes.plot(*features[classes == number].T, ".", color=colour, markersize=4, alpha=0.7)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_title(title)


def draw_pictures(axes: Axes, pictures: np.ndarray, title: str) -> None:
    """Draw pictures (rows, columns, height, width) in a grid, each on its own scale."""
    scaled = pictures / np.abs(pictures).max(axis=(2, 3), keepdims=True)
    draw_tiles(axes, scaled, cmap="RdBu_r", vmin=-1, vmax=1)
    axes.set_title(title)


def main(short: bool, out: Path) -> dict[str, float]:
    """Transform two features of penguins, then all pixels of digits; fast even if not short."""
    figure, axes = panels(3, 3)
    axes[0].set(xlabel="bill length in mm", ylabel="flipper length in mm")
    figures = {}
    for panel, (name, options) in zip(axes, STEPS.items(), strict=False):
        _, features, classes = prepared(measured_penguins(), **options)
        figures[f"condition, {name}"] = condition(features)
        draw_points(panel, features, classes, f"{name}: condition {condition(features):.1f}")

    digits = digit_pictures()
    components, variation, whitened = axes[6:]
    _, plain, _ = prepared(digits)
    zca = zca_whitened(digits)
    fitted, projected, _ = prepared(digits, projection="pca")
    directions = fitted.projection.directions.values
    draw_pictures(
        components, directions[:24].reshape(4, 6, 8, 8), "Digits: 24 principal components"
    )
    shares = np.cumsum(projected.var(0)) / projected.var(0).sum()
    count = int(np.argmax(shares >= KEPT)) + 1
    variation.plot(range(1, len(shares) + 1), shares)
    variation.plot(count, shares[count - 1], "o", color=COLOURS[1])
    variation.set(title="Digits: share of the variance", xlabel="principal components")
    some = np.stack([plain[:6], zca[:6], plain[6:12], zca[6:12]])
    draw_pictures(whitened, some, "Digits, and ZCA whitened below")
    save(figure, out, __file__)

    figures["components"] = count
    figures["correlation of neighbours"] = correlation_of_neighbours(plain)
    figures["correlation of neighbours, ZCA"] = correlation_of_neighbours(zca)
    print(
        f"FINDING: on penguins not learned from, the condition of two features is "
        f"{figures['condition, as given']:.1f} as given, {figures['condition, standardised']:.1f} "
        f"standardised,\n{figures['condition, PCA whitening']:.2f} whitened. Of the 64 pixels of "
        f"digits {count} components have {100 * KEPT:.0f} % of the variance. ZCA whitening takes\n"
        f"the correlation of neighbouring pixels from "
        f"{figures['correlation of neighbours']:.2f} to "
        f"{figures['correlation of neighbours, ZCA']:.2f}."
    )
    return figures


if __name__ == "__main__":
    run(main, __doc__)
