"""Scopes as a table, and two laws: what is granted is never more than what is registered, nor than what was asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.auth import Scope, allows, grant, is_write_only, parse_scope


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("system/*.cruds", Scope("system", "*", "cruds")),
        ("user/Patient.rs", Scope("user", "Patient", "rs")),
        ("patient/Observation.read", Scope("patient", "Observation", "rs")),
        ("system/*.write", Scope("system", "*", "cud")),
        ("system/*.*", Scope("system", "*", "cruds")),
        ("system/Patient.", None),
        ("system/Patient.sr", None),
        ("system/Patient.rs?category=x", None),
        ("system/patient.rs", None),
        ("system/Banana.rs", None),
        ("launch/patient", None),
        ("openid", None),
        ("system/../Patient.rs", None),
        ("system/*.cruds\n", None),
    ],
)
def test_parse(text, expected):
    assert parse_scope(text) == expected


@pytest.mark.parametrize(
    ("scopes", "type_", "interaction", "expected"),
    [
        (["system/*.cu"], "Patient", "create", True),
        (["system/*.cu"], "Patient", "read", False),
        (["system/Patient.r"], "Patient", "vread", True),
        (["system/Patient.r"], "Patient", "history-instance", True),
        (["system/Patient.r"], "Patient", "search", False),
        (["system/Patient.s"], "Observation", "search", False),
        (["system/Patient.cruds"], "*", "create", False),
        (["system/Patient.r", "system/*.c"], "*", "create", True),
        ([], "Patient", "read", False),
        (["nonsense"], "Patient", "read", False),
    ],
)
def test_allows(scopes, type_, interaction, expected):
    assert allows(scopes, type_, interaction) is expected


@pytest.mark.parametrize(
    ("requested", "registered", "expected"),
    [
        (None, ["system/*.crus"], ("system/*.crus",)),
        ("", ["system/*.crus"], ("system/*.crus",)),
        ("system/*.cruds", ["system/*.crus"], ("system/*.crus",)),
        ("system/Patient.rs", ["system/*.rs"], ("system/Patient.rs",)),
        ("system/*.rs", ["system/Patient.r", "system/Encounter.rs"], ("system/Patient.r", "system/Encounter.rs")),
        ("user/*.rs", ["system/*.rs"], ()),
        ("system/Patient.d", ["system/*.crus"], ()),
        ("system/Patient.rs?x=y openid", ["system/*.crus"], ()),
        ("openid system/Patient.read", ["system/*.crus"], ("system/Patient.rs",)),
    ],
)
def test_grant(requested, registered, expected):
    assert grant(requested, registered) == expected


SCOPES = st.builds(
    lambda level, type_, letters: f"{level}/{type_}.{''.join(x for x in 'cruds' if x in letters)}",
    st.sampled_from(["system", "user"]),
    st.sampled_from(["*", "Patient", "Encounter"]),
    st.sets(st.sampled_from("cruds"), min_size=1),
)


@given(st.lists(SCOPES, min_size=1, max_size=4), st.lists(SCOPES, max_size=4))
def test_granted_is_within_both(requested, registered):
    granted = grant(" ".join(requested), registered)
    for type_ in ("Patient", "Encounter", "Condition", "*"):
        for interaction in ("create", "read", "update", "delete", "search"):
            if allows(granted, type_, interaction):
                assert allows(requested, type_, interaction)
                assert allows(registered, type_, interaction)


def test_write_only():
    assert is_write_only(["system/*.cu", "system/Patient.c"])
    assert not is_write_only(["system/*.cru"])
    assert not is_write_only([])
    assert not is_write_only(["openid"])
