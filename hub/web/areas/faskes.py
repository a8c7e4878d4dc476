"""/faskes: a facility's own pages."""

from hub.web.areas import FACILITY, Table
from hub.web.pages import columns, facility, quality, quarantine, requests, visit, wording

TABLE: Table = (
    ("GET", "/faskes", facility.board, FACILITY),
    ("GET", "/faskes/ditolak", quarantine.board, FACILITY),
    ("POST", "/faskes/ditolak/ulang", quarantine.replay, FACILITY),
    ("GET", "/faskes/ditolak/kode/{code}", quarantine.by_code, FACILITY),
    ("POST", "/faskes/ditolak/kode/{code}/ganti", quarantine.change, FACILITY),
    ("GET", "/faskes/ditolak/baris/{id}", quarantine.show, FACILITY),
    ("POST", "/faskes/ditolak/baris/{id}", quarantine.mend, FACILITY),
    ("POST", "/faskes/ditolak/baris/{id}/buang", quarantine.give_up, FACILITY),
    ("POST", "/faskes/kiriman/{id}/lanjut", quarantine.go_on, FACILITY),
    ("GET", "/faskes/kode", wording.review, FACILITY),
    ("POST", "/faskes/kode", wording.settle, FACILITY),
    ("POST", "/faskes/kode/batal", wording.unsettle, FACILITY),
    ("GET", "/faskes/mutu", quality.mirror, FACILITY),
    ("GET", "/faskes/kunjungan", visit.ask, FACILITY),
    ("POST", "/faskes/kunjungan", visit.enter, FACILITY),
    ("POST", "/faskes/kunjungan/cari", visit.find, FACILITY),
    ("GET", "/faskes/templat.xlsx", facility.template_xlsx, FACILITY),
    ("GET", "/faskes/templat.csv", facility.template_csv, FACILITY),
    ("POST", "/faskes/kiriman", facility.check, FACILITY),
    ("GET", "/faskes/kiriman/{id}", facility.show, FACILITY),
    ("POST", "/faskes/kiriman/{id}/kolom", columns.save, FACILITY),
    ("GET", "/faskes/kolom", columns.board, FACILITY),
    ("POST", "/faskes/kolom", columns.remove, FACILITY),
    ("POST", "/faskes/kiriman/{id}/kirim", facility.send, FACILITY),
    ("GET", "/faskes/kiriman/{id}/perbaikan.xlsx", facility.errors, FACILITY),
    ("GET", "/faskes/permintaan", requests.board, FACILITY),
    ("POST", "/faskes/permintaan", requests.ask, FACILITY),
    ("GET", "/faskes/permintaan/{id}", requests.show, FACILITY),
    ("POST", "/faskes/permintaan/{id}/identitas", requests.check, FACILITY),
    ("POST", "/faskes/permintaan/{id}/serahkan", requests.release, FACILITY),
    ("POST", "/faskes/permintaan/{id}/jawab", requests.answer, FACILITY),
    ("POST", "/faskes/permintaan/{id}/tolak", requests.refuse, FACILITY),
)
