import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.errors import InvalidRequest
from model_service.market.candles import Candles
from model_service.market.features import FeatureRecipe, compute_features

RECIPES = [
    FeatureRecipe(calendar=True),
    FeatureRecipe(return_horizons=(5,), range_windows=(10,), candle_shape=False),
    FeatureRecipe(return_horizons=(1, 5), range_windows=(10,), lagged_candles=7, calendar=False),
]
RandomCandles = Callable[..., Candles]


@pytest.mark.parametrize("recipe", RECIPES)
def test_names_and_columns_agree_and_values_are_bounded(
    recipe: FeatureRecipe, random_candles: RandomCandles
) -> None:
    features = compute_features(random_candles(300), recipe)
    assert features.shape == (300, len(recipe.names))
    assert features.dtype == np.float32
    assert np.abs(features).max() <= 5.0
    assert len(set(recipe.names)) == len(recipe.names)


@given(count=st.integers(2, 400), cut=st.integers(1, 399), seed=st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_later_candles_change_no_earlier_row(
    random_candles: RandomCandles, count: int, cut: int, seed: int
) -> None:
    candles = random_candles(count, seed)
    stop = min(cut, count)
    for recipe in RECIPES:
        whole = compute_features(candles, recipe)[:stop]
        prefix = compute_features(candles.slice(0, stop), recipe)
        np.testing.assert_array_equal(prefix, whole)


@pytest.mark.parametrize("factor", [0.001, 1_000.0])
def test_the_scale_of_prices_does_not_matter(factor: float, random_candles: RandomCandles) -> None:
    candles = random_candles(300)
    scaled = dataclasses.replace(
        candles,
        **{name: getattr(candles, name) * factor for name in ("open", "high", "low", "close")},
    )
    np.testing.assert_allclose(
        compute_features(scaled, RECIPES[0]), compute_features(candles, RECIPES[0]), atol=1e-4
    )


def test_a_return_by_hand() -> None:
    close = np.array([100.0, 110.0, 99.0])
    series = Candles(
        "TEST", np.arange(3, dtype=np.int64) * 86_400, close, close, close, close, np.zeros(3)
    )
    recipe = FeatureRecipe(
        return_horizons=(1,), range_windows=(2,), volatility_candles=3, calendar=False
    )
    features = compute_features(series, recipe)
    first, second = np.log(1.1), np.log(0.9)
    # Exponential weights of span 3: 2/3 for the last square, 1/3 for the one before (adjusted).
    volatility = np.sqrt((second**2 + 0.5 * first**2) / 1.5)
    assert features[2, recipe.names.index("return_1")] == pytest.approx(second / volatility)
    assert features[2, recipe.names.index("position_2")] == -1.0


def test_mixed_prices_hide_ranges_and_gaps(random_candles: RandomCandles) -> None:
    candles = dataclasses.replace(random_candles(200), price_basis="mixed")
    names = FeatureRecipe().names
    features = compute_features(candles, FeatureRecipe())
    for name in ("gap", "range", "close_in_range"):
        assert not features[:, names.index(name)].any()
    assert features[:, names.index("return")].any()


def test_constant_prices_give_zeros_and_no_nan() -> None:
    ones = np.ones(200)
    flat = Candles("TEST", np.arange(200) * 86_400, ones, ones, ones, ones, np.zeros(200))
    features = compute_features(flat, FeatureRecipe(calendar=False))
    assert np.isfinite(features).all()
    assert not features.any()


@pytest.mark.parametrize("values", [{"return_horizons": (0,)}, {"lagged_candles": 1_000}])
def test_spans_out_of_bounds_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        FeatureRecipe(**values)  # type: ignore[arg-type]
    assert refusal.value.field == "features"


def test_a_recipe_survives_its_manifest() -> None:
    recipe = FeatureRecipe(return_horizons=(1, 2), lagged_candles=3, calendar=True)
    plain = {key: list(v) if isinstance(v, tuple) else v for key, v in recipe.to_dict().items()}
    assert FeatureRecipe.from_dict(plain) == recipe
