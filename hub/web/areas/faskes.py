"""/faskes: a facility's own pages."""

from hub.web.areas import FACILITY, Table
from hub.web.pages import facility, visit

TABLE: Table = (
    ("GET", "/faskes", facility.board, FACILITY),
    ("GET", "/faskes/kunjungan", visit.ask, FACILITY),
    ("POST", "/faskes/kunjungan", visit.enter, FACILITY),
    ("POST", "/faskes/kunjungan/cari", visit.find, FACILITY),
    ("GET", "/faskes/templat.xlsx", facility.template_xlsx, FACILITY),
    ("GET", "/faskes/templat.csv", facility.template_csv, FACILITY),
    ("POST", "/faskes/kiriman", facility.check, FACILITY),
    ("GET", "/faskes/kiriman/{id}", facility.show, FACILITY),
    ("POST", "/faskes/kiriman/{id}/kirim", facility.send, FACILITY),
    ("GET", "/faskes/kiriman/{id}/perbaikan.xlsx", facility.errors, FACILITY),
)
