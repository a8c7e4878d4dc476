"""Case review end to end on both databases: four eyes, no person, nobody else, not after its time, and in the trail."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from hub.access import seen
from hub.access.case_charts import chart, own_numbers
from hub.access.case_files import Question
from hub.access.case_steps import (
    MOST_REPLIES,
    approve,
    ask,
    close,
    facility_cases,
    note,
    office_cases,
    one_case,
    refuse,
    reply,
    waiting_cases,
    withdraw,
)
from hub.admission import patient_by_nik
from hub.admission.links import patient_principal
from hub.bootstrap import build
from hub.bootstrap import close as shut
from hub.config import read_config
from hub.errors import HubError
from hub.model import Facility, Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.upkeep.registering import register_facility
from tests.whole.sending import NIK, A, B, file_of, row

NOW = 1_771_200_000_000  # 16 February 2026
DAY_MS = 86_400_000
ONE = Principal("auditor", "auditor.satu", "HCOMPL", person="auditor.satu")
TWO = Principal("auditor", "auditor.dua", "HCOMPL", person="auditor.dua")
CLINICIAN = Principal("clinician", "ners.ani", "TREAT", facility=A, person="ners.ani")
RME = Principal("clinic-client", "rme", "TREAT", facility=A)
QUESTION = Question("I10-I15", "2026-02", "2026-02", "", "routine", "Tekanan darah tidak terkendali", 20)
PHONE = "081234567890"


class Clock:
    """Epoch ms, one later at each look, moved by the test."""

    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        self.ms += 1
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Hub]:
    config = {"HUB_HOME": str(tmp_path / "home"), "HUB_DATABASE_URL": database_url, "HUB_BASE_URL": "https://hub.test"}
    found = build(read_config(config), clock)
    for name in (A, B):
        register_facility(found, Facility(0, name, name))
    yield found
    shut(found)


@pytest.fixture
def sent(hub: Hub) -> Callable[..., None]:
    """Sends visits of a facility: (record number, diagnoses...)."""

    def send(*visits: tuple[str, ...], facility: str = A) -> None:
        rows = []
        for number, (record, *codes) in enumerate(visits):
            nik = NIK if record == "000001" else ""
            named = {"nama_pasien": f"Siti Noor {'abcdefghij'[number % 10] * 4}", "no_rm": record, "nik": nik}
            more = {
                "no_kunjungan": f"{record}-{number}-{codes[0]}",
                "diagnosis_1": codes[0],
                "diagnosis_2": "".join(codes[1:2]),
            }
            rows.append(row(**named, **more, keluhan=f"Pusing, hubungi {PHONE}"))
        receipt = submit(hub, replace(RME, facility=facility), "klinik_csv", file_of(*rows), "kunjungan.csv")
        assert receipt.counts["accepted"] == len(rows)

    return send


@pytest.fixture
def opened(hub: Hub, sent: Callable[..., None]) -> str:
    """An approved case about the one patient of the first clinic."""
    sent(("000001", "I10", "E11"))
    id_ = ask(hub, ONE, A, QUESTION)
    assert approve(hub, TWO, id_) == 1
    return id_


def code_of(refused: pytest.ExceptionInfo[HubError]) -> str:
    return refused.value.issues[0].code


def refusal(call: Callable[..., object], *args: object) -> str:
    with pytest.raises(HubError) as refused:
        call(*args)
    return code_of(refused)


def looks(hub: Hub, event: str) -> list[str]:
    """What the patient reads of an event, with its outcome."""
    who = patient_principal(hub, patient_by_nik(hub, NIK))
    return [f"{look.what}: {look.outcome}" for look in seen(hub, who) if look.event == event]


def test_from_the_question_to_the_facilitys_reply(hub: Hub, opened: str) -> None:
    found = chart(hub, ONE, opened, 1)
    assert {("diagnosis", "I10"), ("diagnosis", "E11")} <= {(each.kind, each.code) for each in found.pack.entries}
    assert (found.pack.month, found.pack.sex) == ("2026-02", "female")
    for secret in (NIK, "Siti", "Noor", PHONE, "Pusing", "000001", "1990", "Rudi", "Paracetamol", "2026-02-03"):
        assert secret not in repr(found).replace(repr(found.case), ""), secret
    note(hub, ONE, opened, 1, "minor", "Tidak ada kunjungan ulang")
    assert one_case(hub, CLINICIAN, opened).findings == {}
    close(hub, ONE, opened, "improve", "Jadwalkan kunjungan ulang")
    assert refusal(chart, hub, ONE, opened, 1) == "HUB-4354"
    told = facility_cases(hub, CLINICIAN)
    assert [(case.id, case.state, case.outcome) for case in told] == [(opened, "done", "improve")]
    assert told[0].findings[1].text == "Tidak ada kunjungan ulang"
    assert own_numbers(hub, CLINICIAN, opened, 1) == ("000001",)
    reply(hub, CLINICIAN, opened, "Sudah dijadwalkan")
    assert [step.what for step in one_case(hub, TWO, opened).steps] == ["asked", "approved", "closed", "replied"]
    assert looks(hub, "case.look") == ["Audit mutu, nama tidak ditampilkan: permit"]
    assert [len(looks(hub, f"case.{event}")) for event in ("grant", "finding", "reidentify")] == [1, 1, 1]
    assert "Siti" not in repr(office_cases(hub, ONE))
    assert NIK not in repr(one_case(hub, ONE, opened))


def test_the_second_person_is_another_person(hub: Hub, sent: Callable[..., None]) -> None:
    sent(("000001", "I10"))
    id_ = ask(hub, ONE, A, QUESTION)
    again = replace(ONE, session="other", subject="auditor", duties=("auditor", "steward"))
    for same in (ONE, again, replace(ONE, person=" Auditor.SATU ")):
        assert refusal(approve, hub, same, id_) == "HUB-4352"
        assert refusal(refuse, hub, same, id_, "tidak perlu") == "HUB-4352"
    assert (one_case(hub, ONE, id_).may_approve, one_case(hub, TWO, id_).may_approve) == (False, True)
    assert refusal(chart, hub, ONE, id_, 1) == "HUB-4354"
    approve(hub, TWO, id_)
    assert refusal(approve, hub, TWO, id_) == "HUB-4351"
    assert refusal(chart, hub, TWO, id_, 1) == "HUB-4353"
    other = ask(hub, TWO, A, QUESTION)
    refuse(hub, ONE, other, "alasannya kurang")
    assert refusal(approve, hub, ONE, other) == "HUB-4351"
    assert [case.id for case in facility_cases(hub, CLINICIAN)] == [id_]
    assert refusal(one_case, hub, CLINICIAN, other) == "HUB-4350"


def test_who_asked_takes_a_request_back_until_it_is_decided(hub: Hub, sent: Callable[..., None]) -> None:
    sent(("000001", "I10"))
    id_, other = ask(hub, ONE, A, QUESTION), ask(hub, ONE, A, QUESTION)
    assert {case.id for case in waiting_cases(hub, TWO)} == {id_, other}
    assert refusal(withdraw, hub, TWO, id_) == "HUB-4364"
    withdraw(hub, ONE, id_)
    found = one_case(hub, ONE, id_)
    assert (found.state, [step.what for step in found.steps]) == ("withdrawn", ["asked", "withdrawn"])
    assert [refusal(call, hub, TWO, id_) for call in (approve, lambda *who: refuse(*who, "tidak perlu"))] == [
        "HUB-4351",
        "HUB-4351",
    ]
    assert [case.id for case in waiting_cases(hub, TWO)] == [other]
    assert refusal(one_case, hub, CLINICIAN, id_) == "HUB-4350"
    approve(hub, TWO, other)
    assert refusal(withdraw, hub, ONE, other) == "HUB-4351"
    assert waiting_cases(hub, TWO) == ()


def test_of_many_who_decide_at_once_one_does(hub: Hub, sent: Callable[..., None]) -> None:
    sent(("000001", "I10"))
    id_ = ask(hub, ONE, A, QUESTION)

    def decided(number: int) -> str:
        who = replace(TWO, person=f"auditor.{number}")
        try:
            approve(hub, who, id_) if number % 2 else refuse(hub, who, id_, "tidak perlu")
        except HubError as error:
            return error.issues[0].code
        return "done"

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(decided, range(6)))
    assert sorted(found) == ["HUB-4351"] * 5 + ["done"]
    assert len(one_case(hub, ONE, id_).steps) == 2


def test_no_other_role_reaches_any_of_it(hub: Hub, opened: str) -> None:
    for role in ("steward", "surveillance", "privacy-officer", "patient", "clinic-client", "agency"):
        who = Principal(role, "x", "HCOMPL", facility=A, person="x")  # type: ignore[arg-type]
        for call, *args in (
            (ask, A, QUESTION),
            (approve, opened),
            (chart, opened, 1),
            (note, opened, 1, "minor", ""),
            (close, opened, "visit", "selesai"),
            (office_cases,),
            (waiting_cases,),
            (withdraw, opened),
            (facility_cases,),
            (one_case, opened),
            (own_numbers, opened, 1),
            (reply, opened, "jawaban"),
        ):
            assert refusal(call, hub, who, *args) == "HUB-5004", (role, call)


def test_another_facility_finds_as_little_as_there_were_nothing(hub: Hub, opened: str) -> None:
    stranger = replace(CLINICIAN, facility=B)
    waiting = ask(hub, ONE, A, QUESTION)
    assert facility_cases(hub, stranger) == ()
    for who, id_ in ((stranger, opened), (stranger, "AM-0000000000"), (CLINICIAN, waiting)):
        for call in (one_case, lambda *args: own_numbers(*args, 1), lambda *args: reply(*args, "jawaban")):
            assert refusal(call, hub, who, id_) == "HUB-4350"
    assert refusal(chart, hub, CLINICIAN, opened, 1) == "HUB-5004"


def test_after_its_time_it_is_closed(hub: Hub, clock: Clock, opened: str) -> None:
    late = ask(hub, ONE, A, QUESTION)
    clock.ms = NOW + 14 * DAY_MS - DAY_MS // 2
    assert chart(hub, ONE, opened, 1).number == 1
    clock.ms = NOW + 14 * DAY_MS + DAY_MS // 2
    assert refusal(chart, hub, ONE, opened, 1) == "HUB-4354"
    assert refusal(note, hub, ONE, opened, 1, "minor", "") == "HUB-4354"
    assert refusal(close, hub, ONE, opened, "visit", "selesai") == "HUB-4354"
    assert refusal(approve, hub, TWO, late) == "HUB-4351"
    assert {case.id: case.state for case in office_cases(hub, ONE)} == {opened: "expired", late: "lapsed"}
    assert own_numbers(hub, CLINICIAN, opened, 1) == ("000001",)
    clock.ms = NOW + 61 * DAY_MS
    assert refusal(own_numbers, hub, CLINICIAN, opened, 1) == "HUB-4358"
    assert refusal(reply, hub, CLINICIAN, opened, "jawaban") == "HUB-4358"


def test_who_audits_does_not_answer_for_the_facility(hub: Hub, sent: Callable[..., None]) -> None:
    sent(("000001", "I10"))
    opened = ask(hub, ONE, A, QUESTION)
    assert approve(hub, TWO, opened) == 1
    for office in (ONE, TWO):
        name = (office.person or "").upper()
        also = Principal("clinician", name, "TREAT", facility=A, person=name)
        assert refusal(own_numbers, hub, also, opened, 1) == "HUB-4362"
        assert refusal(reply, hub, also, opened, "jawaban") == "HUB-4362"
    for number in range(2 * MOST_REPLIES):
        reply(hub, CLINICIAN, opened, f"jawaban {number // 2}")  # each form sent twice
    assert refusal(reply, hub, CLINICIAN, opened, "jawaban") == "HUB-4363"


def test_a_record_that_becomes_sensitive_is_no_longer_shown(hub: Hub, opened: str, sent: Callable[..., None]) -> None:
    assert chart(hub, ONE, opened, 1).pack.entries
    sent(("000001", "B20"))
    assert refusal(chart, hub, ONE, opened, 1) == "HUB-4357"
    assert looks(hub, "case.look")[0].endswith("deny")


def test_one_person_known_twice_is_one_record(hub: Hub, sent: Callable[..., None]) -> None:
    sent(("000001", "I10"))
    sent(("000001", "I10"), facility=B)
    id_ = ask(hub, ONE, A, QUESTION)
    assert approve(hub, TWO, id_) == 1
    assert own_numbers(hub, CLINICIAN, id_, 1) == ("000001",)


def test_what_cannot_be_asked_is_refused_with_what_to_mend(hub: Hub) -> None:
    for changed, code in (
        ({"codes": "hipertensi"}, "HUB-4355"),
        ({"first": "2026-03", "last": "2026-02"}, "HUB-4355"),
        ({"last": "2026-03"}, "HUB-4355"),
        ({"most": 21}, "HUB-4355"),
        ({"most": 0}, "HUB-4355"),
        ({"indicator": "tidak-ada"}, "HUB-4355"),
        ({"reason": "ingin tahu"}, "HUB-4355"),
        ({"why": "pasien 6371 0145 0990 9001"}, "HUB-4359"),
        ({"why": "hubungi ０８１２ lalu 3456 lalu 7890"}, "HUB-4359"),
        ({"why": "  "}, "HUB-4274"),
    ):
        assert refusal(ask, hub, ONE, A, msgspec.structs.replace(QUESTION, **changed)) == code, changed
    assert refusal(ask, hub, ONE, "tidak-ada", QUESTION) == "HUB-4350"
    assert office_cases(hub, ONE) == ()


def test_a_question_nobody_meets_opens_nothing(hub: Hub, sent: Callable[..., None]) -> None:
    sent(("000001", "J06.9"), ("2", "I10", "B20"))
    id_ = ask(hub, ONE, A, QUESTION)
    assert refusal(approve, hub, TWO, id_) == "HUB-4360"
    assert one_case(hub, TWO, id_).state == "asked"
