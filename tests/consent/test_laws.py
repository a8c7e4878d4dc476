"""Laws of the decision over random consents: restricting never widens, order never matters, errors deny.

Each example is a seed for a batch of random scenes, which is cheaper than drawing every element; a failure names the
scene itself.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.consent.decision import decide
from hub.consent.policy import Policy
from hub.model import ConsentRule, Labels, Provision, Request, Subject
from tests.consent.rules import NOW, PATIENT, rule

SENS = ("HIV", "PSY", "ETH", "OPIOIDUD", "SDV")
BATCH = 60
SEEDS = st.integers(0, 2**32)
laws = settings(max_examples=50, deadline=None)

PERIODS = (None, None, ("2025-01-01", "2025-12-31"), ("2025-05-01", "2025-05-31"), ("2020", None))
POLICIES = (Policy(), Policy(cross_facility="optout"), Policy(adolescent_age=12))


def some(dice: random.Random, *values: str) -> tuple[str, ...]:
    return tuple(dice.sample(values, dice.choice((1, 1, 2)))) if dice.random() < 0.35 else ()


def a_node(dice: random.Random, kind: str, depth: int = 0) -> Provision:
    other = "deny" if kind == "permit" else "permit"
    children = dice.choice((0, 0, 1, 2)) if depth < 2 else 0
    return Provision(
        kind,  # type: ignore[arg-type]
        data_period=dice.choice(PERIODS),
        actor=some(dice, "person:dr-b", "org:b", "role:doctor", "org:c"),
        purpose=some(dice, "TREAT", "FAMRQT", "HRESCH", "ETREAT"),
        klass=some(dice, "Observation", "Condition"),
        code=some(dice, "x|1", "x|2"),
        security_label=some(dice, "N", "R", "V", *SENS),
        data=some(dice, "o1", "o2"),
        nested=tuple(a_node(dice, other, depth + 1) for _ in range(children)),
    )


def a_rule(dice: random.Random, kind: str | None = None) -> ConsentRule:
    made = rule(a_node(dice, kind or dice.choice(("permit", "deny"))), f"2026-0{dice.randint(1, 4)}-01")
    is_verified = dice.random() < 0.8
    return replace(made, id=str(dice.random()), auth=dice.randint(0, 2), is_verified=is_verified)


def a_flat_rule(dice: random.Random, kind: str) -> ConsentRule:
    made = a_rule(dice, kind)
    return replace(made, provision=replace(made.provision, nested=()))


def a_request(dice: random.Random) -> Request:
    return Request(
        now=NOW,
        purpose=dice.choice(("TREAT", "TREAT", "TREAT", "ETREAT", "FAMRQT", "HRESCH", "HPAYMT", "PATRQT")),
        person=dice.choice(("dr-b", "dr-c", PATIENT)),
        org=dice.choice(("a", "b", "b", None)),
        role=dice.choice(("doctor", "nurse")),
        rel=dice.random() < 0.8,
        btg=dice.choice((None, {"person": "dr-b", "patient": PATIENT, "until": "2026-12-01"})),
        guardian=dice.choice((None, {"patient": PATIENT, "verified": True})),
        age=dice.choice((None, 7, 15)),
    )


def a_subject(dice: random.Random) -> Subject:
    sens = frozenset(dice.sample(SENS, dice.choice((0, 0, 1, 2))))
    return Subject(
        patient=PATIENT,
        author="a",
        labels=Labels(dice.choice(("N", "R", "V")) if sens else "N", sens),
        id=dice.choice(("o1", "o3", None)),
        type=dice.choice(("Observation", "Encounter")),
        date=dice.choice(("2025-05-20", "2024-01-01", "2025", None)),
        code=dice.choice(("x|1", None)),
    )


Scene = tuple[Request, Subject, list[ConsentRule], Policy]


def scenes(seed: int) -> Iterator[tuple[random.Random, Scene]]:
    dice = random.Random(seed)
    for _ in range(BATCH):
        consents = [a_rule(dice) for _ in range(dice.randint(0, 5))]
        yield dice, (a_request(dice), a_subject(dice), consents, dice.choice(POLICIES))


def is_permitted(*scene: object) -> bool:
    return decide(*scene).effect == "PERMIT"  # type: ignore[arg-type]


def never_widens(seed: int, restrict: Callable[[random.Random, Scene], Scene]) -> None:
    for dice, scene in scenes(seed):
        narrower = restrict(dice, scene)
        assert not is_permitted(*narrower) or is_permitted(*scene), (scene, narrower)


@laws
@given(SEEDS)
def test_one_more_deny(seed):
    never_widens(seed, lambda dice, s: (s[0], s[1], [*s[2], a_flat_rule(dice, "deny")], s[3]))


@laws
@given(SEEDS)
def test_one_permit_fewer(seed):
    for dice, scene in scenes(seed):
        request, subject, consents, policy = scene
        more = (request, subject, [*consents, a_flat_rule(dice, "permit")], policy)
        assert not is_permitted(*scene) or is_permitted(*more), (scene, more)


@laws
@given(SEEDS)
def test_one_more_label(seed):
    def labelled(dice: random.Random, scene: Scene) -> Scene:
        labels = scene[1].labels
        more = Labels(labels.conf, labels.sens | {dice.choice(SENS)})
        return scene[0], replace(scene[1], labels=more), scene[2], scene[3]

    never_widens(seed, labelled)


@laws
@given(SEEDS)
def test_a_stricter_confidentiality(seed):
    def stricter(dice: random.Random, scene: Scene) -> Scene:
        order = ("N", "R", None, "V")
        labels = scene[1].labels
        conf = dice.choice(order[order.index(labels.conf) :])
        return scene[0], replace(scene[1], labels=Labels(conf, labels.sens)), scene[2], scene[3]

    never_widens(seed, stricter)


@laws
@given(SEEDS)
def test_deciding_a_combination_shows_no_more_than_its_resources(seed):
    def whole(dice: random.Random, scene: Scene) -> Scene:
        return scene[0], replace(scene[1], id=None, type=None, date=None, code=None), scene[2], scene[3]

    never_widens(seed, whole)


@laws
@given(SEEDS)
def test_order_does_not_matter(seed):
    for dice, (request, subject, consents, policy) in scenes(seed):
        shuffled = dice.sample(consents, len(consents))
        assert decide(request, subject, consents, policy) == decide(request, subject, shuffled, policy)


@laws
@given(SEEDS, st.text(max_size=8))
def test_an_error_denies(seed, nonsense):
    for _, (request, subject, consents, policy) in scenes(seed):
        broken = replace(request, now="?" + nonsense)
        assert decide(broken, subject, consents, policy).effect == "DENY"


def test_the_scenes_are_worth_something():
    decisions = [decide(*scene) for seed in range(20) for _, scene in scenes(seed)]
    permitted = sum(decision.effect == "PERMIT" for decision in decisions)
    assert 0.1 < permitted / len(decisions) < 0.9
    assert len({decision.reason for decision in decisions}) >= 12
