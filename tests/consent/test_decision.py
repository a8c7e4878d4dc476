"""The law of privacy as a table of our own cases; the published ones are run too where they lie beside the code."""

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from hub.consent import decide_case, is_fine, needs_resource
from hub.consent.policy import Policy
from hub.model import Grant
from tests.consent.rules import LATER, LATEST, NOW, OLD, PATIENT, ask, decided, deny, node, permit, record, rule

PUBLISHED = Path(__file__).parents[3] / "shared" / "cases" / "consent-decisions.json"
SESSION = {"person": "dr-b", "patient": PATIENT, "until": "2026-11-22T14:00"}
GRANT = Grant(frozenset({"o1"}), "2026-11-30", "kepala")
CHILD = {"guardian": {"patient": PATIENT, "verified": True}, "person": "ibu", "org": None, "role": "guardian"}
OWNER = {"person": PATIENT, "org": None, "role": "patient"}
AUTHOR = {"person": "dr-a", "org": "a"}
HIV_TO_B = permit(LATER, actor="org:b", purpose="TREAT", security_label=("HIV", "R"))
IN_2025 = {"data_period": ("2025-01-01", "2025-12-31")}
REVIEW = ask("HQUALIMP", org="dinas", role="auditor", rel=False, case_grant=GRANT)

TABLE = [
    ("own data with relationship", ask(**AUTHOR), record(), [], "PERMIT", "author-facility"),
    ("own data, curious colleague", ask(**AUTHOR, rel=False), record(), [], "DENY", "no-care-relationship"),
    ("other facility, nothing said", ask(), record(), [], "DENY", "no-consent"),
    ("opted in", ask(), record(), [permit()], "PERMIT", "consent"),
    ("opted in, no relationship", ask(rel=False), record(), [permit()], "DENY", "no-care-relationship"),
    ("opted in, nobody knows the labels", ask(), record(None), [permit()], "DENY", "no-consent"),
    ("restricted for an unknown reason", ask(), record("R"),
     [permit(security_label=("R", "HIV"))], "DENY", "no-consent"),
    ("marketing", ask("HMARKT"), record(), [permit()], "DENY", "purpose-not-allowed"),
    ("no purpose, even at the author", ask(None, **AUTHOR), record(), [], "DENY", "purpose-not-allowed"),
    ("an invented purpose", ask("CURIOUS"), record(), [permit()], "DENY", "purpose-not-allowed"),
    ("the author may always write", ask(op="update", **AUTHOR), record(), [deny()], "PERMIT", "author-submission"),
    ("nobody writes for another", ask(op="create"), record(), [permit()], "DENY", "not-author"),
    ("withdrawn consent", ask(), record(), [replace(permit(), status="inactive")], "DENY", "no-consent"),
    ("consent from the future", ask(), record(), [permit("2027-01-01")], "DENY", "no-consent"),
    ("another patient's consent", ask(), record(), [replace(permit(), patient="x")], "DENY", "no-consent"),
    ("a treatment consent", ask(), record(), [replace(permit(), scope="treatment")], "DENY", "no-consent"),
    ("nobody checked the yes", ask(), record(), [replace(permit(), is_verified=False)], "DENY", "no-consent"),
    ("nobody checked the no", ask(), record(),
     [permit(), replace(deny(LATER), is_verified=False)], "DENY", "consent-deny"),
    ("lapsed", ask(), record(), [permit(period=(None, "2026-11-21"))], "DENY", "no-consent"),
    ("ends today", ask(), record(), [permit(period=("2026-01", "2026-11-22"))], "PERMIT", "consent"),
    ("a limit we cannot read", ask(), record(), [permit(unknown=True)], "DENY", "consent-deny"),
    ("an action we do not serve", ask(), record(), [permit(action="correct")], "DENY", "consent-deny"),
    ("reading as an action", ask(), record(), [permit(action="access")], "PERMIT", "consent"),
    ("yes after no", ask(), record(), [deny(), permit(LATER)], "PERMIT", "consent"),
    ("no after yes", ask(), record(), [permit(), deny(LATER)], "DENY", "consent-deny"),
    ("yes and no at once", ask(), record(), [permit(), deny()], "DENY", "consent-deny"),
    ("no, then only B", ask(), record(), [deny(), permit(LATER, actor="org:b")], "PERMIT", "consent"),
    ("no, then only B; C asks", ask(org="c"), record(), [deny(), permit(LATER, actor="org:b")], "DENY", "consent-deny"),
    ("never this doctor", ask(), record(), [deny(actor="person:dr-b"), permit(LATER)], "DENY", "person-blocked"),
    ("never this doctor, own clinic", ask(**AUTHOR), record(), [deny(actor="person:dr-a")], "DENY", "person-blocked"),
    ("this doctor again", ask(), record(),
     [deny(actor="person:dr-b"), permit(LATER, actor="person:dr-b")], "PERMIT", "consent"),
    ("not this record", ask(), record(), [deny(data="o1"), permit(LATER)], "DENY", "consent-deny"),
    ("not another record", ask(), record(), [deny(data="o2"), permit(LATER)], "PERMIT", "consent"),
    ("no B inside yes", ask(), record(), [rule(node("permit", node("deny", actor="org:b")))], "DENY", "consent-deny"),
    ("yes only by policy rule", ask(), record(), [rule(node(), base="permit")], "PERMIT", "consent"),
    ("rule and provision disagree", ask(), record(), [rule(node("permit"), base="deny")], "DENY", "consent-deny"),
    ("weaker yes after no", ask(), record(), [deny(), replace(permit(LATER), auth=1)], "DENY", "consent-deny"),
    ("not 2025, all observations", ask(), record(),
     [deny(**IN_2025), permit(LATER, klass="Observation")], "DENY", "consent-deny"),
    ("not 2025, May 2025", ask(), record(),
     [deny(**IN_2025), permit(LATER, data_period=("2025-05", "2025-05"))], "PERMIT", "consent"),
    ("not 2025, undated record", ask(), record(date=None), [deny(**IN_2025), permit(LATER)], "DENY", "consent-deny"),
    ("only 2025, undated record", ask(), record(date=None), [permit(**IN_2025)], "DENY", "no-consent"),
    ("only 2025, record of the year", ask(), record(date="2025"), [permit(**IN_2025)], "PERMIT", "consent"),
    ("HIV named for B", ask(), record("R", "HIV"), [permit(), HIV_TO_B], "PERMIT", "consent"),
    ("HIV named for B, labelled N", ask(), record("N", "HIV"), [permit()], "DENY", "no-consent"),
    ("HIV named, also mental health", ask(), record("R", "HIV", "PSY"), [permit(), HIV_TO_B], "DENY", "no-consent"),
    ("opioids under the family's name", ask(), record("R", "OPIOIDUD"),
     [permit(security_label="ETH")], "PERMIT", "consent"),
    ("opioids, family refused", ask(), record("R", "OPIOIDUD"),
     [deny(security_label="ETH"), permit(LATER, security_label="OPIOIDUD", purpose="TREAT")], "PERMIT", "consent"),
    ("a ceiling below the record", ask(), record("R", "HIV"),
     [permit(security_label=("HIV", "N"))], "DENY", "no-consent"),
    ("sealed, category named", ask(), record("V", "SDV"),
     [permit(actor="org:b", security_label="SDV")], "DENY", "no-consent"),
    ("sealed, doctor and record named", ask(), record("V", "SDV"),
     [permit(actor="person:dr-b", data="o1")], "PERMIT", "consent"),
    ("violence seals whatever the label", ask(), record("R", "SDV"),
     [permit(security_label="SDV")], "DENY", "no-consent"),
    ("emergency without a session", ask("ETREAT"), record(), [permit()], "DENY", "btg-required"),
    ("broken glass", ask("ETREAT", btg=SESSION, rel=False), record("R", "HIV"), [deny()], "PERMIT", "break-glass"),
    ("somebody else's session", ask("ETREAT", btg=SESSION, person="dr-c"), record(), [], "DENY", "btg-invalid"),
    ("session over", ask("ETREAT", btg={**SESSION, "until": "2026-11-22T09:59"}), record(), [], "DENY", "btg-invalid"),
    ("sealed in an emergency", ask("ETREAT", btg=SESSION), record("V"), [], "DENY", "sealed"),
    ("blocked in an emergency", ask("ETREAT", btg=SESSION), record(),
     [deny(actor="person:dr-b")], "DENY", "person-blocked"),
    ("my own record", ask("PATRQT", **OWNER), record("V", "SDV"), [deny()], "PERMIT", "own-record"),
    ("a doctor as the patient", ask("PATRQT"), record(), [permit()], "DENY", "not-subject"),
    ("withheld until tomorrow", ask("PATRQT", **OWNER), record(withheld_until="2026-11-23"),
     [], "DENY", "withheld-harm"),
    ("delegate", ask("FAMRQT"), record(),
     [permit(actor="person:dr-b", purpose="FAMRQT")], "PERMIT", "delegate-consent"),
    ("delegate by a general yes", ask("FAMRQT"), record(), [permit()], "DENY", "no-delegation"),
    ("delegate after a no", ask("FAMRQT"), record(),
     [permit(actor="person:dr-b"), deny(LATER)], "DENY", "consent-deny"),
    ("guardian of a child", ask("FAMRQT", **CHILD, age=7), record(), [], "PERMIT", "guardian"),
    ("guardian, age unknown", ask("FAMRQT", **CHILD), record(), [], "DENY", "no-delegation"),
    ("guardian of an adult", ask("FAMRQT", **CHILD, age=18), record(), [], "DENY", "no-delegation"),
    ("guardian, sensitive, age undecided", ask("FAMRQT", **CHILD, age=7), record("R", "HIV"),
     [], "DENY", "no-delegation"),
    ("guardian, sealed", ask("FAMRQT", **CHILD, age=7), record("V", "SDV"), [], "DENY", "no-delegation"),
    ("blocked guardian", ask("FAMRQT", **CHILD, age=7), record(), [deny(actor="person:ibu")], "DENY", "person-blocked"),
    ("granted review", REVIEW, record(), [deny()], "PERMIT", "case-review"),
    ("review of another record", REVIEW, record(id="o9"), [], "DENY", "aggregate-only"),
    ("review of a combination", REVIEW, record(id=None), [], "DENY", "aggregate-only"),
    ("own approver", replace(REVIEW, person="kepala"), record(), [], "DENY", "aggregate-only"),
    ("review, sensitive", REVIEW, record("R", "PSY"), [], "DENY", "sensitive-not-granted"),
    ("notifiable", ask("PUBHLTH", role="surveillance"), record(is_notifiable=True),
     [deny()], "PERMIT", "statutory-notification"),
    ("notifiable, wrong role", ask("PUBHLTH"), record(is_notifiable=True), [], "DENY", "not-notifiable"),
    ("study named", ask("HRESCH"), record(), [permit(actor="org:b", purpose="HRESCH")], "PERMIT", "consent"),
    ("study by a general yes", ask("HRESCH"), record(), [permit(actor="org:b")], "DENY", "no-explicit-consent"),
    ("study after a withdrawal", ask("HRESCH"), record(),
     [permit(actor="org:b", purpose="HRESCH"), deny(LATER), permit(LATEST)], "DENY", "consent-deny"),
    ("broken consent", ask(), record(), [permit(period=("gestern", None))], "DENY", "engine-error"),
    ("broken clock", ask(now="soon"), record(), [permit()], "DENY", "engine-error"),
    ("combination, rule on a type", ask(), record(id=None, type=None, date=None),
     [deny(klass="Condition"), permit(LATER)], "DENY", "consent-deny"),
    ("combination, permit on a type", ask(), record(id=None, type=None, date=None),
     [permit(klass="Condition")], "DENY", "no-consent"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "subject", "consents", "effect", "reason"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_table(request_, subject, consents, effect, reason):
    for order in list(permutations(consents))[:6]:
        decision = decided(request_, subject, *order)
        assert (decision.effect, decision.reason) == (effect, reason)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published cases are not beside this repository")
def test_published_cases():
    cases = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    wrong = [
        c["id"] for c in cases if decide_case(c) != {"id": c["id"], "decision": c["expect"], "reason": c["reason"]}
    ]
    assert not wrong
    assert len(cases) == 81


def test_city_choices():
    teen = Policy(adolescent_age=12)
    sensitive = record("R", "SEX")
    assert decided(ask("FAMRQT", **CHILD, age=11), sensitive, policy=teen).reason == "guardian"
    assert decided(ask("FAMRQT", **CHILD, age=12), sensitive, policy=teen).effect == "DENY"
    assert decided(ask("FAMRQT", **CHILD, age=11), record(None), policy=teen).effect == "DENY"
    optout = Policy(cross_facility="optout")
    assert decided(ask(), record(), policy=optout).reason == "no-opt-out"
    assert decided(ask(), sensitive, policy=optout).effect == "DENY"
    assert decided(ask(), record(), deny(), policy=optout).effect == "DENY"
    alarm = decided(
        ask("ETREAT", btg=SESSION), record(), deny(actor="person:dr-b"), policy=Policy(person_block="alert")
    )
    assert alarm.effect == "PERMIT"
    assert "alert-privacy-officer" in alarm.obligations
    assert (
        decided(ask("ETREAT", btg=SESSION), record("V"), policy=Policy(is_sealed_in_emergency=False)).effect == "PERMIT"
    )


def test_the_deciding_consents_are_named():
    yes, no = permit(), deny(LATER, actor="org:b")
    assert decided(ask(), record(), yes, no).consents == (no.id,)
    assert decided(ask(org="c"), record(), yes, no).consents == (yes.id,)


def test_what_has_to_be_decided_per_resource():
    assert not is_fine(permit(actor="org:b", security_label="HIV"))
    assert is_fine(rule(node("permit", node("deny", data="o1"))))
    assert needs_resource(ask("HQUALIMP"))
    assert not needs_resource(ask())


def test_a_malformed_case_is_denied():
    assert decide_case({"id": "x"})["reason"] == "engine-error"
    assert NOW > OLD
