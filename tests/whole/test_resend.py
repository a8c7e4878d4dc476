"""Sending again is harmless: what is there is found unchanged, and only what was corrected gets a new version."""

import shutil
from dataclasses import replace

from hub.access import history
from hub.pipeline import replay, waiting
from hub.upkeep.digest import content_digest
from tests.whole.conftest import register
from tests.whole.sending import A, B, client_of, counts, every, file_of, found, resources, row, send, send_city

CLINICAL = ("resource", "history", "compartment", "fact")


def clinical(hub):
    return {name: number for name, number in counts(hub).items() if name in CLINICAL}


def test_the_same_files_twice_change_nothing(hub, city):
    first = send_city(hub, city)
    before, digest = clinical(hub), content_digest(hub)
    again = send_city(hub, city)
    assert clinical(hub) == before
    assert content_digest(hub) == digest
    assert before["resource"] > 500
    for one, two in zip(first, again, strict=True):
        assert (two.counts["accepted"], two.counts["corrected"]) == (0, 0)
        assert two.counts["unchanged"] == one.counts["accepted"] + one.counts["unchanged"]
        assert two.counts["quarantined"] == one.counts["quarantined"]
    assert [len(waiting(hub, each["id"])) for each in city.facilities] == [
        sum(receipt.counts["quarantined"] for receipt in first if receipt.facility == each["id"])
        for each in city.facilities
    ], "a refused row that comes again is kept once"


def test_a_corrected_row_makes_new_versions_only_of_what_changed(hub):
    who = client_of(A)
    send(hub, A, file_of(row(), row(no_kunjungan="K-2", tanggal_kunjungan="04/02/2026")))
    before = clinical(hub)
    receipt = send(hub, A, file_of(row(suhu="38,4"), row(no_kunjungan="K-2", tanggal_kunjungan="04/02/2026")))
    assert receipt.counts == {"accepted": 0, "unchanged": 1, "corrected": 1, "withdrawn": 0, "quarantined": 0}
    after = clinical(hub)
    assert after["resource"] == before["resource"]
    assert after["history"] == before["history"] + 2  # the temperature and the row's own Provenance
    changed = [each for each in every(hub, who, "Observation") if each["meta"]["versionId"] == "2"]
    assert [str(each["valueQuantity"]["value"]) for each in changed] == ["38.4"]
    versions = history(hub, who, "Observation", changed[0]["id"])
    assert [version.version for version in versions] == [2, 1]
    assert b"37.2" in versions[1].body


def test_a_diagnosis_taken_out_becomes_a_tombstone(hub):
    who = client_of(A)
    send(hub, A, file_of(row()))
    assert found(hub, who, "Condition")["total"] == 2
    receipt = send(hub, A, file_of(row(diagnosis_2="")))
    assert receipt.counts["corrected"] == 1
    left = found(hub, who, "Condition")
    assert left["total"] == 1
    assert resources(left)[0]["code"]["coding"][0]["code"] == "J06.9"
    receipt = send(hub, A, file_of(row()))
    assert receipt.counts["corrected"] == 1
    assert found(hub, who, "Condition")["total"] == 2, "what was taken out by mistake comes back"


def test_a_refused_row_that_comes_back_mended_is_accepted_and_leaves_the_quarantine(hub):
    bad = row(tanggal_lahir="31/02/1990")
    receipt = send(hub, A, file_of(bad))
    assert receipt.counts == {"accepted": 0, "unchanged": 0, "corrected": 0, "withdrawn": 0, "quarantined": 1}
    assert [(issue.row, issue.column) for issue in receipt.issues] == [(2, "tanggal_lahir")]
    assert [held.raw["tanggal_lahir"] for _, held in waiting(hub, A)] == ["31/02/1990"]
    receipt = send(hub, A, file_of(row()))
    assert receipt.counts["accepted"] == 1
    assert waiting(hub, A) == []


def test_replay_takes_in_what_was_refused_for_a_fault_of_ours(homes, city, tmp_path):
    """An adapter that wrongly insists on a column is mended; nobody has to send again."""
    wrong = tmp_path / "adapters"
    shutil.copytree(homes.config.adapters, wrong)
    manifest = wrong / "klinik_csv" / "adapter.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('name = "alamat"', 'name = "alamat"\nrequired = true'), encoding="utf-8")
    hub = register(homes.open(replace(homes.config, adapters=wrong)), city)
    receipt = send(hub, A, file_of(row(alamat=""), row(no_kunjungan="K-2", tanggal_lahir="31/02/1990")))
    assert receipt.counts["quarantined"] == 2
    homes.close(hub)

    hub = homes.open()
    assert replay(hub, A, "test") == (1, 1)
    assert [held.row for _, held in waiting(hub, A)] == [3]
    assert found(hub, client_of(A), "Encounter")["total"] == 1
    assert send(hub, A, file_of(row())).counts["unchanged"] == 1


def test_an_old_file_after_a_newer_one_changes_nothing_of_the_person(hub):
    who = client_of(A)
    send(hub, A, file_of(row(no_kunjungan="K-2", tanggal_kunjungan="04/02/2026", nama_pasien="Siti Noor Halimah Sari")))
    before = resources(found(hub, who, "Patient"))
    receipt = send(hub, A, file_of(row()))
    assert receipt.counts["accepted"] == 1
    assert resources(found(hub, who, "Patient")) == before
    versions = clinical(hub)
    assert send(hub, A, file_of(row())).counts["unchanged"] == 1
    assert clinical(hub) == versions


def test_both_orders_of_the_files_end_in_the_same_place(homes, city):
    """Several files of one clinic with the same patients, and those of another, forwards and backwards."""
    hub = register(homes.open(), city)
    homes.close(hub)
    files = [(facility, path) for facility in (A, B) for path in city.files[facility]]
    ends = []
    for order in (files, files[::-1]):
        one = homes.open(homes.copy())
        for facility, path in order:
            send(one, facility, path.read_bytes(), path.name)
        ends.append((content_digest(one), counts(one)["compartment"], counts(one)["resource"]))
    assert ends[0] == ends[1]
    assert ends[0][0][1] > 400
