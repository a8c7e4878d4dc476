"""A number of somebody's in a free text is found however it is written, and figures of an audit are left alone."""

import pytest

from hub.access.free_text import LONGEST, free_text, holds_number
from hub.errors import HubError, fix, text


@pytest.mark.parametrize(
    "told",
    [
        "pasien 6371 0145 0990 9001",
        "６３７１０１４５０９９００００１",
        "0812-3456-7890",
        "08 12 34 56 78 90",
        "0812.3456.7890",
        "(0511) 336-77-889",
        "0812, 3456, 7890",
        "6_3_7_1_0_1_4_5_0_9",
        "0\n8\n1\n2\n3\n4\n5\n6\n7\n8\n9",
        "0812 lalu 3456 lalu 7890",
        "hubungi 0812 terus angka 3456 dan akhirnya 78 90",
        "637101 kemudian 450990 kemudian 0001",
        "kartu 0001 nomor 234 567 lalu 8901",
        "nomor: 08a12b34c56d78e90",
        "\u0660\u0668\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u0660",
        "\u0968\u0969\u096a\u096b\u096c\u096d\u096e\u096f\u0966\u0967",
        "①②③④⑤⑥⑦⑧⑨⓪",
        "一二三四五六七八九〇",
        "0\u200b8\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8\u200b9",
        "0\u03278123456789",
        "1\ufe0f\u20e32\ufe0f\u20e33456789\u00ad01",
        "O8123456l8I0",
        "\u041e812345678\u041e",
        "nol delapan satu dua tiga empat lima enam tujuh delapan",
        "Zero-eight-one-TWO-three-four-five-six-seven-eight",
        "63,71,01,45,09,90,00,01",
        "637, 101, 450, 990, 123, 1",
        "637\n101\n450\n990\n000\n1",
    ],
)
def test_a_number_is_found(told):
    assert holds_number(told)
    with pytest.raises(HubError) as refused:
        free_text(f"Keterangan: {told}, terima kasih")
    (issue,) = refused.value.issues
    assert issue.code == "HUB-4359"
    assert told not in text(issue, "id") + text(issue, "en") + fix(issue, "id") + fix(issue, "en")


@pytest.mark.parametrize(
    "told",
    [
        "Dari 120 pasien, 45 tidak terkendali pada 2026-03, target 60%",
        "Dirawat 2026-08-12 sampai 2026-09-30: 34 pasien, lalu 01-10-2026",
        "TD 150/90, 160/100, 155/95, 140/90",
        "angka per bulan: 120, 118, 95, 130",
        "I10-I15, E11, I11.9, Z30.1, N18.9, O80, I20, I21",
        "SIP 503/SIP/0001/2024, Permenkes 24/2022 pasal 35(2) dan 36",
        "pukul 08.30 tiga petugas; 14.00 pulang",
        "HbA1c 7,5 8,1 9,2 6,8",
        "Tensimeter rusak sampai pertengahan bulan; 37,5 % (12 dari 32)",
        "satu dari dua pasien, tiga kali",
        "Kasus per minggu: 63, 71, 10, 14, 50, 99, 12, 33",
        "Kasus DBD: 6, 3, 7, 1, 0, 1, 4, 5, lalu 12, 10, 9, 8, 4, 2, 1",
        "Kunjungan Juli 1204, Agustus 1198, September 1260",
        "Kelurahan A 17/20, B 12/15, C 9/10; cakupan 84,4 %",
        "Seen 120 of 145; 12 referred, 3 admitted, 0 died",
        "Ruang 3, lantai 2; 4 perawat, 2 dokter, 1 bidan",
        "Target 80 %, capaian 61,2 % (90 dari 147)",
        "Minggu 41: 14 kasus, minggu 42: 21, minggu 43: 40",
    ],
)
def test_figures_of_an_audit_are_left_alone(told):
    assert free_text(f"  {told}\n") == told


@pytest.mark.parametrize("told", ["", "  ab ", "x" * (LONGEST + 1)])
def test_a_text_is_neither_empty_nor_endless(told):
    with pytest.raises(HubError) as refused:
        free_text(told)
    assert refused.value.issues[0].code == "HUB-4274"
    assert free_text("", least=0) == ""
