"""The patient's page: plain words, nobody's query, no ids."""

from collections.abc import Callable

import pytest

from hub.audit import EVENTS, PURPOSES, REASONS, RECORDS, ROLES, divided, event_text, seen_of, word
from hub.model import AuditEntry

NAMES = {"klinik-teratai": "Klinik Pratama Teratai Putih"}
Make = Callable[..., AuditEntry]


def test_a_look_in_words(entry: Make) -> None:
    line = seen_of(entry(), NAMES)
    assert line.facility == "Klinik Pratama Teratai Putih"
    assert line.what == "Membuka catatan: pemeriksaan"
    assert line.reason == "Anda mengizinkannya"
    assert (line.role, line.purpose, line.event, line.outcome) == ("clinician", "TREAT", "read", "permit")
    assert line.is_person
    assert seen_of(entry(), NAMES, "en").what == "Opened a record: measurement or result"
    assert seen_of(entry(count=3), NAMES, "en").what.endswith("(3 records)")


def test_no_id_no_query_and_no_control_character(entry: Make) -> None:
    line = seen_of(entry(query="name=Aminah", reason="new\x1b[31m", facility="x\nforged line"), NAMES)
    shown = " ".join([line.facility, line.what, line.reason])
    assert "0123456789abcdef" not in shown
    assert "Aminah" not in shown
    assert line.reason == "new\\u001b[31m"
    assert "\n" not in shown


def test_unknown_codes_are_shown_as_they_are(entry: Make) -> None:
    line = seen_of(entry(event="x.y", reason="because", resource="Slot/1", facility="gone"), {})
    assert (line.what, line.reason, line.facility) == ("x.y: Slot", "because", "gone")


def test_people_apart_from_automatic_processing(entry: Make) -> None:
    lines = [seen_of(entry(is_person=n % 3 == 0, at_ms=n), NAMES) for n in range(9)]
    people, automatic = divided(lines)
    assert [line.at_ms for line in people] == [0, 3, 6]
    assert len(automatic) == 6


@pytest.mark.parametrize("words", [PURPOSES, ROLES, REASONS, RECORDS])
def test_every_code_has_two_texts(words: dict[str, tuple[str, str]]) -> None:
    assert all(indonesian and english for indonesian, english in words.values())
    assert word(words, "unheard-of") == "unheard-of"


def test_every_event_has_two_texts() -> None:
    for name in EVENTS:
        assert event_text(name) != name
        assert event_text(name, "en") != name


def test_every_reason_of_the_consent_cases_has_words() -> None:
    known = """
        author-facility author-submission not-author purpose-not-allowed person-blocked consent consent-deny no-consent
        no-care-relationship no-opt-out btg-required btg-invalid break-glass sealed not-subject withheld-harm own-record
        delegate-consent guardian no-delegation aggregate-only sensitive-not-granted case-review not-notifiable
        statutory-notification no-explicit-consent engine-error
    """
    assert set(known.split()) <= set(REASONS)
