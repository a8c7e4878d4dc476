"""`hub facility columns` keeps what a facility's headers mean; `hub adapter check` shows what they may mean."""

from pathlib import Path

from tests.cli.conftest import Run


def test_headers_are_confirmed_merged_listed_and_taken_back(run: Run, clinic: str) -> None:
    first = run("facility", "columns", clinic, "Tgl Lhr=tanggal_lahir; JKel=jenis_kelamin")
    assert (first.returncode, first.stdout) == (0, "Tgl Lhr\ttanggal_lahir\nJKel\tjenis_kelamin\n")
    again = run("facility", "columns", clinic, "tgl.lhr=tanggal_kunjungan")
    assert again.stdout == "JKel\tjenis_kelamin\ntgl.lhr\ttanggal_kunjungan\n"
    assert run("facility", "columns", clinic, "--remove", "JKel").stdout == "tgl.lhr\ttanggal_kunjungan\n"


def test_what_is_refused(run: Run, clinic: str) -> None:
    for arguments, said in (
        (("no-such", "a=nik"), "no such facility"),
        ((clinic, "a=no_such_column; b=nik; c=nik"), "HUB-2024"),
    ):
        done = run("facility", "columns", *arguments)
        assert done.returncode == 2, arguments
        assert said in done.stderr, arguments


def test_adapter_check_shows_what_unknown_headers_may_be(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "x.csv"
    place.write_text(
        "no_kunjungan;tanggal_kunjungan;Nma Pasien;jenis_kelamin;Tgl Lhir\nK-1;01/11/2026;Siti;P;01/02/1990\n"
    )
    done = run("adapter", "check", "klinik_csv", str(place))
    assert done.returncode == 1
    assert "nama_pasien" in done.stdout
    assert "Nma Pasien=nama_pasien; Tgl Lhir=tanggal_lahir" in done.stdout
    mended = run(
        "adapter", "check", "klinik_csv", str(place), "--columns", "Nma Pasien=nama_pasien; Tgl Lhir=tanggal_lahir"
    )
    assert mended.returncode == 0
    assert "1 siap" in mended.stdout
    assert "judul tak dikenal" not in mended.stdout
