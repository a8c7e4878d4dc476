"""Everything openapi.json describes, asked by schemathesis with invented requests: never a 5xx, always an answer as
described. Each operation is also asked with what opens it (a token, a real adapter, receipt, code or secret), and the
test knows which answers it must have met: a fuzzer that is turned away at the door finds nothing."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import chain, count
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hub.admission import new_presence_code
from hub.admission.granting import ASSERTION_TYPE
from hub.api.description import describe
from hub.model import Principal
from hub.store import CompartmentRow
from tests.admission.conftest import SECRET
from tests.api.conftest import Caller
from tests.auth.attacks import claims, signed

SAMPLE = Path(__file__).parents[2] / "adapters" / "klinik_csv" / "sample"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 20
FHIR_EXAMPLES = 4
KNOWN = {"adapter": "klinik_csv"}
RECEIPT, ERRORS = "GET /submissions/{submission}", "GET /submissions/{submission}/errors.xlsx"
WAITING, MEND, REPLAY = "GET /quarantine", "POST /quarantine/{row}", "POST /quarantine/replay"
WAITING_ROW, DISCARD = "GET /quarantine/{row}", "POST /quarantine/{row}/discard"
SUBMIT, TOKEN, PRESENCE = "POST /submissions/{adapter}", "POST /oauth2/token", "POST /care/presence"


@schemathesis.serializer("application/fhir+ndjson")
def _lines(_context: Any, value: Any) -> bytes:
    return str(value).encode()


Change = Callable[[Any, Any], None]
"""Alters a case of schemathesis, with something hypothesis drew."""


class Fuzz:
    """Asks an application what schemathesis makes of its own description."""

    def __init__(self, app: Any, client: Caller, token: Callable[[], dict[str, str]]) -> None:
        found = [result.ok() for result in schemathesis.openapi.from_dict(describe(app)).get_all_operations()]
        self.operations = {operation.label: operation for operation in found}
        self.client, self.token = client, token

    def __call__(
        self,
        label: str,
        change: Change | None = None,
        drawn: st.SearchStrategy[Any] | None = None,
        is_signed_in: bool = True,
        mode: GenerationMode = GenerationMode.POSITIVE,
        examples: int = EXAMPLES,
        **fixed: Any,
    ) -> Counter[int]:
        """How often an operation answered with which status. `fixed`: path_parameters, media_type."""
        statuses: Counter[int] = Counter()
        headers = self.token() if is_signed_in else {}

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(self.operations[label].as_strategy(generation_mode=mode, **fixed), st.none() if drawn is None else drawn)
        def ask(case: Any, extra: Any) -> None:
            if change is not None:
                change(case, extra)
            answer = self._send(case, headers)
            statuses[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        ask()
        return statuses

    def _send(self, case: Any, headers: dict[str, str]) -> Any:
        sent = requests.Request(**case.as_transport_kwargs(base_url="https://hub.test")).prepare()
        body = b"".join(sent.body) if hasattr(sent.body, "__next__") else sent.body
        # The description names a bearer token, so one is invented, too: with ours beside it neither would count.
        ours = {"content-length"} | ({"authorization"} if headers else set())
        given = [(name, value) for name, value in sent.headers.items() if name.lower() not in ours]
        return self.client.request(sent.method, sent.url, headers=[*given, *headers.items()], content=body)


@pytest.fixture
def fuzz(app, client, token) -> Fuzz:
    return Fuzz(app, client, token)


WORDS = st.one_of(
    st.text(max_size=40),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.just([{}]),
)
"""Cells of a row as no adapter expects them."""


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_every_operation(fuzz, is_signed_in):
    labels = [label for label in fuzz.operations if " /fhir" not in label]
    seen = {label: set(fuzz(label, is_signed_in=is_signed_in)) for label in labels}
    assert seen.pop("GET /healthz") == {200}
    assert seen.pop(TOKEN) <= {400, 401}
    assert seen.pop(WAITING) <= ({200, 400} if is_signed_in else {401})
    replayed = seen.pop(REPLAY)  # an Idempotency-Key may be malformed, or have come with another body
    assert {200} <= replayed <= {200, 400, 422} if is_signed_in else replayed == {401}
    assert seen.pop("GET /direktori.geojson") == seen.pop("GET /city/feed/keys") == {200}
    city = set(chain(*(seen.pop(label) for label in ("GET /city/areas", "GET /city/licences", "GET /city/feed"))))
    assert city <= ({400, 403} if is_signed_in else {400, 401})
    assert set(seen) == {PRESENCE, SUBMIT, RECEIPT, ERRORS, WAITING_ROW, MEND, DISCARD}
    assert set(chain(*seen.values())) <= ({400, 404, 422} if is_signed_in else {401})


def test_every_fhir_address(fuzz):
    """Every address under /fhir with invented types, ids, queries and bodies: what is refused is refused in FHIR."""
    labels = [label for label in fuzz.operations if " /fhir" in label]
    assert len(labels) > 50
    seen = {label: set(fuzz(label, examples=FHIR_EXAMPLES)) for label in labels}
    assert set(chain(*seen.values())) <= {200, 201, 202, 204, 400, 403, 404, 405, 409, 410, 412, 415, 422}
    assert {200, 400, 404, 422} <= set(chain(*seen.values()))


@pytest.mark.parametrize("label", [TOKEN, PRESENCE, SUBMIT, MEND, DISCARD])
def test_what_does_not_fit_the_description(fuzz, label):
    assert set(fuzz(label, mode=GenerationMode.NEGATIVE)) <= {400, 401, 404, 415}


@pytest.mark.parametrize("media", ["multipart/form-data", "text/csv", "application/json"])
def test_a_submission_of_anything(fuzz, media):
    assert fuzz(SUBMIT, media_type=media, path_parameters=KNOWN)[200]


def test_a_submission_of_rows(fuzz, hub):
    """A row of a clinic's program, some of its cells not what they should be."""
    (row,) = json.loads((SAMPLE / "klien_api.json").read_text(encoding="utf-8"))
    cells = st.dictionaries(st.sampled_from(sorted(row)), WORDS, max_size=3)

    def damaged(case: Any, drawn: list[dict[str, Any]]) -> None:
        case.query = {}  # store, whatever mode was drawn: what is asked below is what became of the rows
        sound, broken = row | {"no_kunjungan": "utuh"}, row | {"no_kunjungan": "rusak", "nama_pasien": ""}
        case.body = [sound, broken, *(row | {"no_kunjungan": str(n)} | cells for n, cells in enumerate(drawn))]

    drawn = st.lists(cells, min_size=1, max_size=3)
    assert fuzz(SUBMIT, damaged, drawn, media_type="application/json", path_parameters=KNOWN)[200]
    with hub.store.reading() as tx:
        stored = tx.counts()
    assert stored["resource"]
    assert stored["quarantine"]


def test_a_submission_of_a_file(fuzz):
    """A clinic's own file, cut off or with some bytes overwritten."""
    whole = b"".join((SAMPLE / "teratai_2026-11-20.csv").read_bytes().splitlines(keepends=True)[:4])

    def damaged(case: Any, drawn: tuple[int, bytes, bool]) -> None:
        at, junk, is_cut = drawn
        case.body = whole[:at] + junk + (b"" if is_cut else whole[at + len(junk) :])

    drawn = st.tuples(st.integers(0, len(whole)), st.binary(max_size=6), st.booleans())
    assert fuzz(SUBMIT, damaged, drawn, media_type="text/csv", path_parameters=KNOWN)[200]


@pytest.mark.parametrize("label", [RECEIPT, ERRORS])
def test_a_receipt(fuzz, client, token, label):
    rows = (SAMPLE / "klien_api.json").read_bytes()
    sent = client.post("/submissions/klinik_csv", content=rows, headers=token() | {"Content-Type": "application/json"})
    place = {"path_parameters": {"submission": sent.json()["id"]}}
    assert set(fuzz(label, **place)) == {200}
    assert set(fuzz(label, is_signed_in=False, **place)) == {401}


@pytest.mark.parametrize("label", [MEND, DISCARD, WAITING_ROW])
def test_a_waiting_row(fuzz, client, token, label):
    """Corrected with anything at all: taken in, still refused, or refused with a reason."""
    (row,) = json.loads((SAMPLE / "klien_api.json").read_text(encoding="utf-8"))
    broken = json.dumps([row | {"no_kunjungan": "rusak", "nama_pasien": ""}])
    sent = client.post(
        "/submissions/klinik_csv", content=broken, headers=token() | {"Content-Type": "application/json"}
    )
    place = {"path_parameters": {"row": f"{sent.json()['id']}.1"}}
    cells = st.dictionaries(st.sampled_from(sorted(row)), st.text(max_size=30), max_size=4)

    def ours(case: Any, drawn: dict[str, str]) -> None:
        if label == MEND:
            case.body = drawn

    # 422: an Idempotency-Key that came with another body
    assert set(fuzz(label, ours, cells, **place)) <= {200, 400, 409, 422}
    assert set(fuzz(label, is_signed_in=False, **place)) == {401}


def test_a_presence_code(fuzz, hub):
    facility = hub.facilities["klinik-b"].number
    with hub.store.writing() as tx:
        tx.add_compartments([CompartmentRow(7, facility, 0, hub.clock())])
    patient = Principal("patient", "p", "PATRQT", person="p", compartment=7)

    def real(case: Any, _: Any) -> None:
        case.body = {**case.body, "code": new_presence_code(hub, patient)[0]}
        case.headers.pop("Idempotency-Key", None)  # a malformed one is refused: tests/whole/test_once_everywhere.py

    assert set(fuzz(PRESENCE, real)) == {200}
    assert set(fuzz(PRESENCE, real, is_signed_in=False)) == {401}


def test_a_token(fuzz):
    """With a credential that is right, and everything else of the form as it comes."""
    numbers = count()
    proof = {"client_assertion", "client_assertion_type", "client_id", "client_secret"}

    def by(credential: Callable[[], dict[str, str]]) -> Change:
        def change(case: Any, keep: set[str]) -> None:
            rest = {
                name: value for name, value in case.body.items() if name not in proof | ({"scope", "purpose"} - keep)
            }
            case.body = rest | credential()

        return change

    def assertion() -> dict[str, str]:
        text = signed(claims(jti=f"fuzz-{next(numbers)}"))
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text}

    kept = st.sets(st.sampled_from(["scope", "purpose"]))
    for change in (by(assertion), by(lambda: {"client_id": "klinik-a-tulis", "client_secret": SECRET})):
        seen = fuzz(TOKEN, change, kept, is_signed_in=False)
        assert seen[200]
        assert set(seen) <= {200, 400, 401}
