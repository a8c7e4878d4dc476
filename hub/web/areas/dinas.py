"""/dinas: the health office sees the city in numbers."""

from hub.web.areas import Table
from hub.web.pages import city

_AUDITOR = ("auditor",)

TABLE: Table = (
    ("GET", "/dinas", city.situation, _AUDITOR),
    ("GET", "/dinas/isi/{cube}/{line}", city.made, _AUDITOR),
    ("GET", "/dinas/penyakit", city.diagnoses, _AUDITOR),
    ("GET", "/dinas/penyakit/{code}", city.diagnosis, _AUDITOR),
    ("GET", "/dinas/pelaporan", city.reports, _AUDITOR),
    ("GET", "/dinas/tertutup", city.closed, _AUDITOR),
)
