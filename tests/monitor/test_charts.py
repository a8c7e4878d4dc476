"""Limits and rules against statsmodels, SciPy and NumPy, to 1e-6; the rules as a table of decisions."""

import random

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import proportion_confint

from hub.monitor.charts import funnel, limits_at, p_chart
from hub.monitor.charts.control import SIGMAS
from hub.monitor.charts.funnel import Z95, Z998, between, quantile, winsorised

NEAR = {"rel": 0, "abs": 1e-6}


def drawn(seed: int, count: int = 40) -> list[tuple[str, int, int]]:
    source = np.random.default_rng(seed)
    sizes = source.integers(5, 4000, count)
    shares = np.clip(source.normal(0.4, 0.08, count), 0.01, 0.99)
    return [(f"u{at}", int(source.binomial(n, p)), int(n)) for at, (n, p) in enumerate(zip(sizes, shares, strict=True))]


@pytest.mark.parametrize("seed", range(5))
def test_p_chart_limits_are_those_of_statsmodels(seed: int) -> None:
    """Its normal interval around the mean, at the level of three sigmas, for a sample of each period's size."""
    counts = drawn(seed)
    chart = p_chart(counts)
    assert chart is not None
    centre = sum(x for _, x, _ in counts) / sum(n for _, _, n in counts)
    assert chart.centre == pytest.approx(centre, **NEAR)
    alpha = 2 * stats.norm.sf(SIGMAS)
    for point in chart.points:
        low, high = proportion_confint(centre * point.denominator, point.denominator, alpha=alpha, method="normal")
        assert (point.low, point.high) == pytest.approx((low, high), **NEAR)


@pytest.mark.parametrize("seed", range(5))
def test_funnel_limits_and_overdispersion_are_those_of_numpy_scipy_and_statsmodels(seed: int) -> None:
    counts = drawn(seed)
    found = funnel(counts, "up")
    assert found is not None
    x, n = (np.array([each[at] for each in counts], dtype=float) for at in (1, 2))
    centre = x.sum() / n.sum()
    y, s = np.arcsin(np.sqrt(x / n)), 0.5 / np.sqrt(n)
    z = (y - np.arcsin(np.sqrt(centre))) / s
    z = np.clip(z, np.quantile(z, 0.1), np.quantile(z, 0.9))
    assert found.phi == pytest.approx(np.mean(z**2), **NEAR)
    w = 1 / s**2
    tau2 = max(0.0, (np.sum(z**2) - (len(z) - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    assert found.tau2 == pytest.approx(tau2, **NEAR)
    assert found.tau2 > 0, "these differ by more than chance"
    for level, ours in ((0.95, Z95), (0.998, Z998)):
        reach = stats.norm.ppf(0.5 + level / 2)
        assert ours == pytest.approx(reach, **NEAR)
        for size in (6, 50, 3000):
            ends = np.arcsin(np.sqrt(centre)) + np.array([-1, 1]) * reach * np.sqrt(1 / (4 * size) + tau2)
            wanted = np.sin(np.clip(ends, 0, np.pi / 2)) ** 2
            assert limits_at(found, size, ours) == pytest.approx(tuple(wanted), **NEAR)
    scores = (y - np.arcsin(np.sqrt(centre))) / np.sqrt(s**2 + tau2)
    assert [unit.score for unit in found.units] == pytest.approx(list(scores), **NEAR)


@pytest.mark.parametrize("seed", range(3))
def test_the_variance_between_units_is_statsmodels_dersimonian_laird(seed: int) -> None:
    """Without winsorising and around the weighted mean, the method of moments is exactly theirs."""
    counts = drawn(seed)
    x, n = (np.array([each[at] for each in counts], dtype=float) for at in (1, 2))
    y, variance = np.arcsin(np.sqrt(x / n)), 1 / (4 * n)
    theirs = combine_effects(y, variance, method_re="chi2")
    centre = np.average(y, weights=1 / variance)
    ours = between(list((y - centre) / np.sqrt(variance)), list(np.sqrt(variance)))
    assert ours == pytest.approx(theirs.tau2, **NEAR)
    assert ours > 0


def test_without_overdispersion_the_funnel_is_the_binomial_one() -> None:
    source = np.random.default_rng(7)
    counts = [(f"u{at}", int(source.binomial(400, 0.3)), 400) for at in range(60)]
    found = funnel(counts)
    assert found is not None
    low, high = limits_at(found, 400, Z95)
    inside = stats.binom.cdf(np.floor(high * 400), 400, found.centre) - stats.binom.cdf(
        np.ceil(low * 400) - 1, 400, found.centre
    )
    assert inside == pytest.approx(0.95, abs=0.02)
    assert found.tau2 < 1e-3


def test_quantiles_and_winsorising_are_numpys() -> None:
    source = random.Random(3)
    values = [source.gauss(0, 3) for _ in range(37)]
    for share in (0.0, 0.1, 0.35, 0.9, 1.0):
        assert quantile(values, share) == pytest.approx(np.quantile(values, share), **NEAR)
    wanted = np.clip(values, np.quantile(values, 0.1), np.quantile(values, 0.9))
    assert winsorised(values) == pytest.approx(list(wanted), **NEAR)


def series(*shares: float, n: int = 1000) -> list[tuple[str, int, int]]:
    return [(f"m{at}", round(share * n), n) for at, share in enumerate(shares)]


FLAT = (0.5, 0.51, 0.49, 0.5, 0.51, 0.49, 0.5, 0.51, 0.49, 0.5, 0.51, 0.49, 0.5, 0.51)
RULES = {
    "nothing": (FLAT, "outside", set()),
    "one far out": ((*FLAT, 0.62), "outside", {14}),
    "seven below": ((0.52, 0.48) * 4 + (0.53,) * 4 + (0.49,) * 7, "run", set(range(12, 19))),
    "six below": ((0.52, 0.48) * 4 + (0.52,) * 3 + (0.49,) * 6, "run", set()),
    "seven rising": ((0.50, 0.47, 0.48, 0.49, 0.5, 0.51, 0.52, 0.53, 0.5), "trend", set(range(1, 8))),
    "six rising": ((0.50, 0.48, 0.49, 0.5, 0.51, 0.52, 0.53, 0.5), "trend", set()),
    "a step that is level ends a trend": ((0.47, 0.48, 0.49, 0.5, 0.5, 0.51, 0.52, 0.53), "trend", set()),
    "two of three near one limit": ((*FLAT, 0.54, 0.5, 0.54), "near", {14, 16}),
    "one near each limit": ((*FLAT, 0.54, 0.5, 0.46), "near", set()),
}


@pytest.mark.parametrize("case", RULES)
def test_the_four_rules(case: str) -> None:
    shares, mark, wanted = RULES[case]
    chart = p_chart(series(*shares))
    assert chart is not None
    assert {at for at, point in enumerate(chart.points) if mark in point.marks} == wanted


@pytest.mark.parametrize(
    ("direction", "meaning"), [("up", "worse"), ("down", "better"), ("", "changed")], ids=["up", "down", "neither"]
)
def test_what_a_change_means_depends_on_what_is_wished_for(direction, meaning) -> None:
    chart = p_chart(series(*FLAT, 0.35), direction)
    assert chart is not None
    assert chart.points[-1].meaning == meaning
    assert {point.meaning for point in chart.points[:3]} == {"usual"}


@pytest.mark.parametrize(
    ("direction", "target", "assurance"),
    [
        ("up", 0.3, "passes"),
        ("up", 0.7, "fails"),
        ("up", 0.5, "varies"),
        ("down", 0.3, "fails"),
        ("down", 0.7, "passes"),
    ],
)
def test_assurance_holds_the_target_against_the_limits(direction, target, assurance) -> None:
    chart = p_chart(series(*FLAT), direction, target)
    assert chart is not None
    assert chart.assurance == assurance


def test_few_points_have_provisional_limits_and_nothing_counted_has_none() -> None:
    few, many = p_chart(series(*FLAT[:11])), p_chart(series(*FLAT[:12]))
    assert few is not None
    assert many is not None
    assert few.is_provisional
    assert not many.is_provisional
    assert p_chart([("m", 0, 0)]) is None
    assert funnel([]) is None
    chart = p_chart([("a", 0, 10), ("b", 0, 20)])
    assert chart is not None
    assert [point.marks for point in chart.points] == [(), ()], "nothing varies, nothing is marked"
