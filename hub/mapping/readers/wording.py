"""The words of a header: apart, lower case, abbreviations written out as Indonesian clinics use them."""

import re
from functools import lru_cache

_SPELLED = {
    "tanggal": "tgl tg tggl tngl tangal tgll date",
    "nomor": "no nomer nmr num number nmor",
    "nama": "nm nma name",
    "jenis kelamin": "jk jekel jenkel jnskel sex gender lp",
    "kelamin": "klmn",
    "jenis": "jns jnis",
    "telepon": "telp tlp telpon tlpn hp wa handphone phone telephon tel",
    "alamat": "almt alm address",
    "kelurahan": "kel lurah",
    "diagnosis": "diagnosa diag dx diagnosis diagnose dgn",
    "pasien": "ps psn pas px patient",
    "dokter": "dr dok dktr doctor",
    "tindakan": "tind tdk tindkn",
    "rekam medis": "rm mr",
    "lahir": "lhr lahr birth",
    "umur": "usia umr age",
    "tahun": "th thn",
    "bulan": "bl bln",
    "hari": "hr hri",
    "berat": "brt",
    "tinggi": "tgi tngg",
    "tekanan darah": "td tensi tensidarah",
    "napas": "nafas pernapasan pernafasan respirasi rr resp",
    "keluhan": "klhn keluh",
    "kunjungan": "kunj kunjung visit",
    "periksa": "prks pemeriksaan priksa",
    "ibu": "mother",
    "ayah": "bapak bpk father",
    "obat": "obt",
    "jumlah": "jml jmlh qty jlh",
    "satuan": "sat unit",
    "hasil": "hsl",
    "aturan pakai": "signa aturanpakai",
    "riwayat": "riw rwyt",
    "penyakit": "peny",
    "asuransi": "asr asrnsi penjamin",
    "bpjs": "jkn kis",
    "tempat": "tmp tmpt",
    "kasus": "kss",
    "icd": "icdx icd10 icdkode",
    "kecamatan": "kec",
    "pekerjaan": "pkrj kerjaan",
    "perut": "prt",
    "suhu": "temp temperatur",
    "nadi": "pulse",
    "diastole": "diastol diastolik dia",
    "sistole": "sistol sistolik sis sys",
    "kartu keluarga": "kk",
    "keterangan": "ket ktrngan",
    "aktivitas": "aktifitas aktv",
    "kode": "kd kod code",
}
_LONG = {short: long.split() for long, shorts in _SPELLED.items() for short in shorts.split()}
_EMPTY = frozenset({"dan", "atau", "di", "ke", "yang", "of", "the", "data", "per"})
_WORD = re.compile(r"[a-z]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
"""A unit or note in a header; what is between brackets holds none, so that many that open and never close cost one look
each."""


def words_of(name: str) -> tuple[str, ...]:
    """ "TglLahir (dd/mm)", "tgl_lahir" and "Tanggal Lahir" as ("tanggal", "lahir"); ICD-10 is not the number 10."""
    return forms_of(name)[0]


@lru_cache(maxsize=4096)
def forms_of(name: str) -> tuple[tuple[str, ...], ...]:
    """The words of a name with abbreviations written out, and, where that changes them, as they stand."""
    text = BRACKETED.sub(" ", name) if BRACKETED.sub("", name).strip() else name
    text = re.sub(r"\bicd[\s\-_]*(?:x|10)(?![a-z0-9])", " icd ", _CAMEL.sub(" ", text), flags=re.I)
    plain = [word for word in _WORD.findall(text.casefold()) if word not in _EMPTY]
    long = [written for word in plain for written in _LONG.get(word, [word])]
    return (tuple(long),) if long == plain else (tuple(long), tuple(plain))


def digits_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers among the words: "obat 1" is never "obat 2"."""
    return tuple(word.lstrip("0") or "0" for word in words if word.isdecimal())
