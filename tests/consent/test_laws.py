"""Laws of the decision over random consents: restricting never widens, order never matters, errors deny."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.consent.decision import decide
from hub.consent.policy import Policy
from hub.model import Labels, Provision, Request, Subject
from tests.consent.rules import NOW, PATIENT, rule

SENS = ("HIV", "PSY", "ETH", "OPIOIDUD", "SDV")
POLICY = st.sampled_from([Policy(), Policy(cross_facility="optout"), Policy(adolescent_age=12)])
PERIODS = st.sampled_from([None, None, ("2025-01-01", "2025-12-31"), ("2025-05-01", "2025-05-31"), ("2020", None)])


def some(*values: str):
    return st.one_of(
        st.just(()), st.just(()), st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)
    )


@st.composite
def nodes(draw, kind: str, depth: int = 0) -> Provision:
    other = "deny" if kind == "permit" else "permit"
    nested = draw(st.lists(nodes(other, depth + 1), max_size=2)) if depth < 2 and draw(st.booleans()) else []
    return Provision(
        kind,
        data_period=draw(PERIODS),
        actor=draw(some("person:dr-b", "org:b", "role:doctor", "org:c")),
        purpose=draw(some("TREAT", "FAMRQT", "HRESCH", "ETREAT")),
        klass=draw(some("Observation", "Condition")),
        code=draw(some("x|1", "x|2")),
        security_label=draw(some("N", "R", "V", *SENS)),
        data=draw(some("o1", "o2")),
        nested=tuple(nested),
    )


@st.composite
def rules(draw, kind: str | None = None):
    kind = kind or draw(st.sampled_from(["permit", "deny"]))
    at = draw(st.sampled_from(["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]))
    made = rule(
        draw(nodes(kind)), at, auth=draw(st.integers(0, 2)), is_verified=draw(st.sampled_from([True, True, False]))
    )
    return replace(made, id=str(draw(st.integers(0, 10**9))))


REQUESTS = st.builds(
    Request,
    now=st.just(NOW),
    purpose=st.sampled_from(["TREAT", "TREAT", "ETREAT", "FAMRQT", "HRESCH", "HPAYMT", "PATRQT"]),
    person=st.sampled_from(["dr-b", "dr-c", PATIENT]),
    org=st.sampled_from(["a", "b", None]),
    role=st.sampled_from(["doctor", "nurse"]),
    rel=st.sampled_from([True, True, False]),
    btg=st.sampled_from([None, {"person": "dr-b", "patient": PATIENT, "until": "2026-12-01"}]),
    guardian=st.sampled_from([None, {"patient": PATIENT, "verified": True}]),
    age=st.sampled_from([None, 7, 15]),
)
LABELS = st.one_of(
    st.just(Labels("N")),
    st.builds(
        Labels, st.sampled_from(["N", "R", "V"]), st.sets(st.sampled_from(SENS), min_size=1, max_size=2).map(frozenset)
    ),
)
SUBJECTS = st.builds(
    Subject,
    patient=st.just(PATIENT),
    author=st.just("a"),
    labels=LABELS,
    id=st.sampled_from(["o1", "o3", None]),
    type=st.sampled_from(["Observation", "Encounter"]),
    date=st.sampled_from(["2025-05-20", "2024-01-01", "2025", None]),
    code=st.sampled_from(["x|1", None]),
)
CONSENTS = st.lists(rules(), max_size=5)


def is_permitted(*arguments) -> bool:
    return decide(*arguments).effect == "PERMIT"


@settings(max_examples=400, deadline=None)
@given(REQUESTS, SUBJECTS, CONSENTS, rules("deny").filter(lambda r: not r.provision.nested), POLICY)
def test_one_more_deny_never_widens(request, subject, consents, extra, policy):
    if is_permitted(request, subject, [*consents, extra], policy):
        assert is_permitted(request, subject, consents, policy)


@settings(max_examples=400, deadline=None)
@given(REQUESTS, SUBJECTS, CONSENTS, rules("permit").filter(lambda r: not r.provision.nested), POLICY)
def test_one_permit_fewer_never_widens(request, subject, consents, extra, policy):
    if is_permitted(request, subject, consents, policy):
        assert is_permitted(request, subject, [*consents, extra], policy)


@settings(max_examples=600, deadline=None)
@given(REQUESTS, SUBJECTS, CONSENTS, st.sampled_from(SENS), POLICY)
def test_one_more_label_never_widens(request, subject, consents, label, policy):
    labels = subject.labels
    more = replace(subject, labels=Labels(labels.conf, labels.sens | {label}))
    if is_permitted(request, more, consents, policy):
        assert is_permitted(request, subject, consents, policy)


@settings(max_examples=300, deadline=None)
@given(REQUESTS, SUBJECTS, CONSENTS, POLICY)
def test_a_stricter_confidentiality_never_widens(request, subject, consents, policy):
    order = ["N", "R", "V"]
    for stricter in order[order.index(subject.labels.conf) + 1 :]:
        if is_permitted(request, replace(subject, labels=Labels(stricter, subject.labels.sens)), consents, policy):
            assert is_permitted(request, subject, consents, policy)
    if is_permitted(request, replace(subject, labels=Labels(None, subject.labels.sens)), consents, policy):
        assert is_permitted(request, subject, consents, policy)


@settings(max_examples=300, deadline=None)
@given(REQUESTS, SUBJECTS, CONSENTS, st.randoms(use_true_random=False), POLICY)
def test_order_does_not_matter(request, subject, consents, random, policy):
    shuffled = list(consents)
    random.shuffle(shuffled)
    assert decide(request, subject, consents, policy) == decide(request, subject, shuffled, policy)


@settings(max_examples=200, deadline=None)
@given(REQUESTS, SUBJECTS, CONSENTS, POLICY)
def test_a_combination_never_sees_more_than_its_resources(request, subject, consents, policy):
    whole = replace(subject, id=None, type=None, date=None, code=None)
    if request.purpose != "PATRQT" and is_permitted(request, whole, consents, policy):
        assert is_permitted(request, subject, consents, policy)


@settings(max_examples=100, deadline=None)
@given(SUBJECTS, CONSENTS, st.text(max_size=8))
def test_an_error_denies(subject, consents, nonsense):
    broken = Request(now="?" + nonsense, purpose="TREAT", person="dr-b", org="b", rel=True)
    assert decide(broken, subject, consents).effect == "DENY"
