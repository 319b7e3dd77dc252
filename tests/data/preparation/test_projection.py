import json
from dataclasses import replace

import numpy as np
import pytest
import sklearn.decomposition
from hypothesis import given
from hypothesis import strategies as some
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.json_fields import Json
from chainrule.data.preparation.projection import (
    PCA,
    PROJECTIONS,
    PCAWhitening,
    ZCAWhitening,
    projection_from_json,
)
from chainrule.data.preparation.projection.projection import Components
from chainrule.data.preparation.projection.spectrum import EPSILON
from chainrule.data.preparation.projection.zca_whitening import MAX_FEATURES
from chainrule.data.table import Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from tests.data.preparation import inverse
from tests.data.preparation.inverse import unprojected

RANDOM = np.random.default_rng(1)
MIX = RANDOM.normal(size=(6, 6)) * np.array([3, 2, 1, 0.5, 0.2, 0.1])[:, None]
FEATURES = (RANDOM.normal(size=(200, 6)) @ MIX + RANDOM.normal(size=6)).astype(np.float32)
# Beside whose variances epsilon is nothing.
LARGE = (100 * FEATURES).astype(np.float32)
BIASED = np.sqrt(200 / 199)  # scikit-learn divides variances by n - 1, and here it is n
ALL = sorted(PROJECTIONS)
every_projection = pytest.mark.parametrize("name", ALL)


def covariance(features: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(np.cov(features, rowvar=False, bias=True, dtype=np.float64))


def refusal(
    name: str,
    features: NDArray[np.float32] = FEATURES,
    components: Components | None = None,
) -> str:
    with pytest.raises(InputError) as error:
        PROJECTIONS[name].fit(features, components)
    return str(error.value)


@pytest.mark.parametrize("components", [1, 3, 6, None])
def test_pca_is_that_of_scikit_learn(components: int | None) -> None:
    oracle = sklearn.decomposition.PCA(components).fit(FEATURES.astype(np.float64))
    fitted = PCA.fit(FEATURES, components=components)
    expected = oracle.transform(FEATURES)
    np.testing.assert_allclose(fitted.transform(FEATURES), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(fitted.directions.values, oracle.components_, atol=1e-9)
    assert fitted.share == pytest.approx(oracle.explained_variance_ratio_.sum(), rel=1e-12)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.99, 0.9999])
def test_a_share_of_the_variance_keeps_as_many_components_as_in_scikit_learn(share: float) -> None:
    oracle = sklearn.decomposition.PCA(share).fit(FEATURES.astype(np.float64))
    fitted = PCA.fit(FEATURES, components=share)
    assert fitted.outputs == oracle.n_components_
    assert fitted.share >= share


def test_the_whole_variance_is_kept_without_directions_that_have_none() -> None:
    flat = np.hstack([FEATURES, FEATURES[:, :2]]).astype(np.float32)
    fitted = PCA.fit(flat, components=1.0)
    assert fitted.outputs == 6
    np.testing.assert_allclose(unprojected(fitted, fitted.transform(flat)), flat, atol=1e-5)


def test_the_number_1_is_one_component_and_not_all_the_variance() -> None:
    assert PCA.fit(FEATURES, components=1).outputs == 1


@pytest.mark.parametrize("components", [2, 6])
def test_pca_whitening_is_that_of_scikit_learn(components: int) -> None:
    oracle = sklearn.decomposition.PCA(components, whiten=True).fit(LARGE.astype(np.float64))
    fitted = PCAWhitening.fit(LARGE, components=components)
    expected = BIASED * oracle.transform(LARGE)
    np.testing.assert_allclose(fitted.transform(LARGE), expected, rtol=1e-5, atol=1e-5)


def test_pca_makes_features_uncorrelated_in_descending_order_of_variance() -> None:
    found = covariance(PCA.fit(FEATURES).transform(FEATURES))
    np.testing.assert_allclose(found, np.diag(np.diag(found)), atol=1e-5)
    assert (np.diff(np.diag(found)) <= 0).all()


@pytest.mark.parametrize("name", ["pca_whitening", "zca_whitening"])
def test_whitened_features_have_covariance_1(name: str) -> None:
    fitted = PROJECTIONS[name].fit(LARGE)
    np.testing.assert_allclose(covariance(fitted.transform(LARGE)), np.eye(6), atol=1e-5)


def test_zca_whitening_multiplies_by_the_inverse_root_of_the_covariance() -> None:
    matrix = covariance(FEATURES.astype(np.float64)) + EPSILON * np.eye(6)
    centred = FEATURES - FEATURES.mean(0, dtype=np.float64)
    found = ZCAWhitening.fit(FEATURES).project(centred)
    whitening = np.linalg.lstsq(centred, found, rcond=None)[0]
    np.testing.assert_allclose(whitening, whitening.T, atol=1e-9)
    np.testing.assert_allclose(whitening @ whitening @ matrix, np.eye(6), atol=1e-8)
    assert (np.linalg.eigvalsh(whitening) > 0).all()


def test_zca_changes_features_less_than_pca_whitening() -> None:
    scaled = (FEATURES - FEATURES.mean(0)) / FEATURES.std(0)
    zca, pca = (
        PROJECTIONS[n].fit(scaled).transform(scaled) for n in ("zca_whitening", "pca_whitening")
    )
    assert np.square(zca - scaled).sum() < np.square(pca - scaled).sum()


def test_epsilon_keeps_a_direction_without_variance_at_0() -> None:
    flat = FEATURES * np.array([1, 1, 1, 1, 1, 0], np.float32)
    for name in ("pca_whitening", "zca_whitening"):
        whitened = PROJECTIONS[name].fit(flat).transform(flat)
        assert np.abs(whitened).min(axis=1).max() < 1e-5


def test_epsilon_is_added_to_the_variance_under_the_root() -> None:
    features = np.sqrt(9 * EPSILON) * np.array([[-1.0], [1.0]], np.float32)
    for name in ("pca_whitening", "zca_whitening"):
        fitted = PROJECTIONS[name].fit(features)
        np.testing.assert_allclose(np.abs(fitted.transform(features)), np.sqrt(0.9), rtol=1e-6)


def test_every_projection_has_its_inverse() -> None:
    assert inverse.PROJECTIONS.keys() == PROJECTIONS.keys(), inverse.__file__


@every_projection
@given(data=some.data())
def test_the_inverse_of_a_projection_gives_the_features_back(
    name: str, data: some.DataObject
) -> None:
    rows, columns = data.draw(some.integers(1, 12)), data.draw(some.integers(1, 6))
    number = some.floats(-1e3, 1e3, width=32)
    line = some.lists(number, min_size=columns, max_size=columns)
    features = np.array(data.draw(some.lists(line, min_size=rows, max_size=rows)), np.float32)
    fitted = PROJECTIONS[name].fit(features)
    size = np.abs(features).max() + 1e-3
    again = unprojected(fitted, fitted.transform(features))
    np.testing.assert_allclose(again, features, atol=1e-4 * size)


def test_fewer_components_restore_the_best_approximation() -> None:
    left, singular, right = np.linalg.svd(FEATURES - FEATURES.mean(0), full_matrices=False)
    best = (left[:, :2] * singular[:2]) @ right[:2] + FEATURES.mean(0)
    for kind in (PCA, PCAWhitening):
        fitted = kind.fit(FEATURES, components=2)
        again = unprojected(fitted, fitted.transform(FEATURES))
        np.testing.assert_allclose(again, best, atol=1e-4)


@pytest.mark.parametrize("size", [3e38, 1e-38], ids=["huge", "tiny"])
@every_projection
def test_features_at_the_ends_of_float32_stay_finite(name: str, size: float) -> None:
    features = (size * np.array([[1, -1], [-1, 1], [1, 1], [0.5, 0]])).astype(np.float32)
    fitted = PROJECTIONS[name].fit(features)
    assert np.isfinite(fitted.transform(features)).all()


def test_rows_are_projected_alike_however_many_there_are() -> None:
    fitted = PCA.fit(FEATURES, components=2)
    many = np.tile(FEATURES, (50, 1))
    np.testing.assert_allclose(
        fitted.transform(many), np.tile(fitted.transform(FEATURES), (50, 1)), rtol=1e-5, atol=1e-6
    )


@every_projection
def test_a_projection_comes_back_from_json_exactly(name: str) -> None:
    fitted = PROJECTIONS[name].fit(FEATURES)
    again = projection_from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert again == fitted
    assert again.transform(FEATURES).tobytes() == fitted.transform(FEATURES).tobytes()


def test_projections_of_other_features_differ() -> None:
    assert PCA.fit(FEATURES) != PCA.fit(2 * FEATURES)


def test_a_full_matrix_takes_eleven_characters_a_number() -> None:
    text = json.dumps(PCA.fit(RANDOM.normal(size=(60, 50)).astype(np.float32)).as_json())
    assert len(text) < 11 * 50 * 51 + 200


@every_projection
def test_only_training_rows_are_learned_from(name: str, table: Table) -> None:
    rows = np.arange(25)
    columns = list(table.columns)
    columns[0] = replace(columns[0], values=np.append(columns[0].values[:25], np.full(15, 9e99)))
    changed = replace(table, columns=tuple(columns))
    fitted = Preparation.fit(table, rows, "regression", projection=name)
    assert Preparation.fit(changed, rows, "regression", projection=name) == fitted
    assert Preparation.fit(table, np.arange(26), "regression", projection=name) != fitted


def test_all_features_of_a_table_are_projected_after_they_are_scaled(table: Table) -> None:
    rows = np.arange(40)
    plain = Preparation.fit(table, rows, "regression").features(table).numpy()
    fitted = Preparation.fit(table, rows, "regression", projection="pca", components=2)
    oracle = sklearn.decomposition.PCA(2).fit_transform(plain.astype(np.float64))
    np.testing.assert_allclose(fitted.features(table), oracle, rtol=1e-5, atol=1e-5)
    assert fitted.feature_names == ("component 1", "component 2")
    assert fitted.feature_shape == (2,)
    assert fitted.categories_of_features == (0, 0)
    assert isinstance(fitted.projection, PCA)
    assert fitted.notes == (
        "t.csv: the 8 features become 2 principal components with "
        f"{100 * fitted.projection.share:.3g} % of the variance",
    )


def test_zca_whitening_keeps_the_names_of_features(table: Table) -> None:
    rows = np.arange(40)
    plain = Preparation.fit(table, rows, "regression")
    fitted = Preparation.fit(table, rows, "regression", projection="zca_whitening")
    assert fitted.feature_names == plain.feature_names
    assert fitted.notes == plain.notes


def test_pictures_keep_their_shape_under_zca_and_become_components_under_pca(
    pictures: Images,
) -> None:
    rows = np.arange(30)
    zca = Preparation.fit(pictures, rows, "binary", projection="zca_whitening")
    assert zca.features(pictures).shape == (30, *zca.feature_shape) == (30, 4, 3, 2)
    pca = Preparation.fit(pictures, rows, "binary", projection="pca", components=5)
    assert pca.features(pictures).shape == (30, *pca.feature_shape) == (30, 5)
    flat = (pictures.pixels.reshape(30, -1) / 255).astype(np.float32)
    np.testing.assert_allclose(
        zca.features(pictures).reshape(30, -1), ZCAWhitening.fit(flat).transform(flat), atol=1e-4
    )


@every_projection
@pytest.mark.parametrize("kind", ["table", "pictures"])
def test_a_preparation_with_a_projection_comes_back_from_json_exactly(
    name: str, kind: str, request: pytest.FixtureRequest
) -> None:
    dataset: Dataset = request.getfixturevalue(kind)
    task: Task = "regression" if kind == "table" else "binary"
    fitted = Preparation.fit(dataset, np.arange(20), task, projection=name)
    again = Preparation.from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert again == fitted
    assert again.features(dataset).equal(fitted.features(dataset))


@pytest.mark.parametrize("components", [0, -1, 7, 0.0, 1.5, float("nan"), True])
def test_components_that_can_not_be_are_refused(components: bool | float | int) -> None:
    told = refusal("pca", components=components)
    assert f"projection 'pca': got {components} as components, expected a whole number" in told
    assert "from 1 to 6" in told
    assert "Give a number such as 10, or a share such as 0.95." in told


def test_there_are_no_more_components_than_rows() -> None:
    assert "from 1 to 4" in refusal("pca_whitening", FEATURES[:4], components=5)
    assert PCA.fit(FEATURES[:4]).outputs == 4


def test_components_are_refused_where_all_features_are_kept() -> None:
    assert (
        refusal("zca_whitening", components=3)
        == "projection 'zca_whitening': got components=3, expected none, as it keeps all features. "
        "Leave components out, or use pca_whitening."
    )


def test_settings_without_a_projection_are_refused(table: Table) -> None:
    with pytest.raises(InputError, match="got components without a projection, expected"):
        Preparation.fit(table, np.arange(40), "regression", components=2)


def test_a_misspelt_projection_is_refused_with_the_nearest() -> None:
    assert "'zca' is not known" in refusal("zca")
    assert "Did you mean 'pca_whitening'?" in refusal("pca_whitenning")


def test_a_matrix_that_no_model_file_can_hold_is_refused_before_it_is_computed() -> None:
    wide = np.zeros((MAX_FEATURES + 1, MAX_FEATURES + 1), np.float32)
    assert f"got {MAX_FEATURES + 1:,} features, expected at most" in refusal("zca_whitening", wide)
    told = refusal("pca", wide)
    assert f"got {MAX_FEATURES + 1:,} components of {MAX_FEATURES + 1:,} features" in told
    assert "Keep fewer components." in told


def test_codes_of_categories_are_not_projected(table: Table) -> None:
    with pytest.raises(InputError) as error:
        Preparation.fit(table, np.arange(40), "regression", encoding="codes", projection="pca")
    assert "projection 'pca': got categories as codes, expected features that are" in str(
        error.value
    )
    assert "Use the encoding one_hot, or no projection." in str(error.value)


def hostile(name: str, **changes: object) -> Json:
    return {**PROJECTIONS[name].fit(FEATURES).as_json(), **changes}


MEAN = PCA.fit(FEATURES).mean.as_json()
SHORT = PCA.fit(FEATURES[:, :2]).mean.as_json()
ZEROS = {"shape": [6], "float64": "A" * 64}


@pytest.mark.parametrize(
    ("given_json", "said"),
    [
        ("pca", "projection: got 'pca', expected an object whose kind is pca or"),
        ({"kind": "ica"}, "expected an object whose kind is"),
        ({"kind": {}}, "expected an object whose kind is"),
        (hostile("pca", extra=1), "projection pca: got unknown extra"),
        (hostile("pca", share="x"), "got 'x' as share, expected a float"),
        (hostile("pca", mean=[0.0]), "got [0.0] as mean, expected a dict"),
        (hostile("pca", mean=SHORT), "got a mean of 2 features, expected 6 as in the directions"),
        (hostile("pca", directions=MEAN), "directions: got [6] as shape, expected 2 positive"),
        (hostile("pca_whitening", deviations=SHORT), "deviations: got"),
        (hostile("pca_whitening", deviations=ZEROS), "one that is not positive, expected them"),
        (hostile("zca_whitening", triangle=MEAN), "triangle: got 6 numbers, expected 21 for 6"),
        (hostile("zca_whitening", triangle=3), "got 3 as triangle, expected a dict"),
    ],
)
def test_a_damaged_projection_is_refused(given_json: object, said: str) -> None:
    with pytest.raises(InputError) as error:
        projection_from_json(given_json)
    assert said in str(error.value)


def test_a_projection_of_other_features_than_the_columns_have_is_refused(table: Table) -> None:
    stored = Preparation.fit(table, np.arange(40), "regression", projection="pca").as_json()
    stored["inputs"].pop()
    with pytest.raises(InputError, match="projection: got one of 8 features, expected one of 4"):
        Preparation.from_json(stored)
