"""Words without a code: counted by volume, settled once by a person, in force for what is sent from then on."""

import csv
import io

import pytest

from hub.errors import HubError
from hub.model import Facility, Principal
from hub.pipeline import submit
from hub.upkeep.registering import register_facility
from hub.upkeep.wording import NO_CODE, coverage, settle_word, settled_words, unknown_words
from tests.web.conftest import ROW, A

WHO = Principal("clinician", "uji", "TREAT", facility=A, person="uji")
WORD = "parasetamoll forte"


def send(hub, *rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW))
    writer.writeheader()
    writer.writerows(rows)
    return submit(hub, WHO, "klinik_csv", out.getvalue().encode(), "a.csv")


def row(number, **cells):
    return ROW | {"no_kunjungan": f"W-{number}", "nama_pasien": "Siti Contoh"} | cells


def of(hub, kind):
    return next(each for each in coverage(hub, A) if each.kind == kind)


@pytest.fixture
def hub(homes):
    found = homes.open()
    register_facility(found, Facility(0, A, "Klinik Contoh"))
    return found


def test_a_word_is_counted_by_its_uses_and_settled_once(hub):
    send(hub, row(1), row(2, obat_1=WORD), row(3, obat_1=WORD.upper()))
    assert (of(hub, "obat").uses, of(hub, "obat").coded, of(hub, "obat").unknown) == (3, 1, 1)
    (word,) = [each for each in unknown_words(hub, A) if each.kind == "obat"]
    assert (word.text, word.uses) == (WORD, 2)
    assert word.likely[0].coding.code == "N02BE01"

    settle_word(hub, WHO, A, "obat", WORD, word.likely[0].text)
    assert of(hub, "obat").share == 1
    assert [each for each in unknown_words(hub, A) if each.kind == "obat"] == []
    assert settled_words(hub, A) == [("obat", WORD, word.likely[0].text)]
    again = send(hub, row(1), row(2, obat_1=WORD), row(3, obat_1=WORD.upper()))
    assert again.counts["corrected"] == 2  # the same rows now carry the code
    assert again.counts["unchanged"] == 1


def test_sending_again_counts_nothing_twice(hub):
    send(hub, row(1, obat_1=WORD))
    send(hub, row(1, obat_1=WORD))
    assert of(hub, "obat").uses == 1


def test_a_refused_row_is_not_counted(hub):
    send(hub, row(1, obat_1=WORD, tanggal_kunjungan="31/02/2026"))
    assert coverage(hub, A) == []


def test_a_word_may_stay_without_a_code(hub):
    send(hub, row(1, obat_1="jamu gendong"))
    settle_word(hub, WHO, A, "obat", "jamu gendong", NO_CODE)
    assert [each for each in unknown_words(hub, A) if each.kind == "obat"] == []
    assert of(hub, "obat").coded == 0


@pytest.mark.parametrize(
    ("text", "meaning", "code"),
    [(WORD, "obat yang tak ada", "HUB-2601"), ("belum pernah", "paracetamol", "HUB-2602")],
)
def test_a_wrong_decision_is_refused(hub, text, meaning, code):
    send(hub, row(1, obat_1=WORD))
    with pytest.raises(HubError) as refused:
        settle_word(hub, WHO, A, "obat", text, meaning)
    assert refused.value.issues[0].code == code
    assert settled_words(hub, A) == []
