"""/dinas: the health office sees the city in numbers."""

from hub.access.licences import OFFICE
from hub.web.areas import Table
from hub.web.pages import (
    audit_forms,
    cases,
    city,
    follow_up,
    indicators,
    measures,
    papers,
    reporting,
    situation,
    surveillance,
    waiting,
)

_AUDITOR = ("auditor",)
_SURVEILLANCE = ("surveillance",)

TABLE: Table = (
    ("GET", "/dinas", situation.situation, _AUDITOR),
    ("GET", "/dinas/peta", situation.map_page, _AUDITOR),
    ("GET", "/dinas/wilayah/{kode}", situation.area, _AUDITOR),
    ("GET", "/dinas/isi/{cube}/{line}", city.made, _AUDITOR),
    ("GET", "/dinas/penyakit", city.diagnoses, _AUDITOR),
    ("GET", "/dinas/penyakit/{code}", city.diagnosis, _AUDITOR),
    ("GET", "/dinas/pelaporan", reporting.old, _AUDITOR),
    ("GET", "/dinas/mutu-data", reporting.board, _AUDITOR),
    ("GET", "/dinas/mutu-data/{id}", reporting.show, _AUDITOR),
    ("GET", "/dinas/audit", cases.board, _AUDITOR),
    ("POST", "/dinas/audit", cases.ask, _AUDITOR),
    ("GET", "/dinas/audit/{id}", cases.show, _AUDITOR),
    ("POST", "/dinas/audit/{id}/putusan", cases.decide, _AUDITOR),
    ("POST", "/dinas/audit/{id}/tarik", cases.withdraw, _AUDITOR),
    ("GET", "/dinas/audit/{id}/rekam/{n}", cases.record, _AUDITOR),
    ("POST", "/dinas/audit/{id}/rekam/{n}", cases.note, _AUDITOR),
    ("POST", "/dinas/audit/{id}/tutup", cases.close, _AUDITOR),
    ("GET", "/dinas/izin", papers.due, OFFICE),
    ("GET", "/dinas/faskes/{id}", papers.facility, OFFICE),
    ("GET", "/dinas/indikator", indicators.board, _AUDITOR),
    ("GET", "/dinas/indikator/dilaporkan", audit_forms.office, _AUDITOR),
    ("GET", "/dinas/indikator/{kode}", indicators.show, _AUDITOR),
    ("GET", "/dinas/indikator/{kode}/fhir", audit_forms.fhir, _AUDITOR),
    ("GET", "/dinas/fhir/Measure", measures.measures, _AUDITOR),
    ("GET", "/dinas/fhir/Measure/{id}", measures.measure, _AUDITOR),
    ("GET", "/dinas/fhir/MeasureReport", measures.reports, _AUDITOR),
    ("GET", "/dinas/fhir/MeasureReport/{id}", measures.report, _AUDITOR),
    ("GET", "/dinas/tindak-lanjut", waiting.office, _AUDITOR),
    ("POST", "/dinas/tindak-lanjut", follow_up.write, _AUDITOR),
    ("POST", "/dinas/tindak-lanjut/{id}", follow_up.settle, _AUDITOR),
    ("GET", "/dinas/tertutup", city.closed, _AUDITOR),
    ("GET", "/dinas/surveilans", surveillance.overview, (*_SURVEILLANCE, *_AUDITOR)),
    ("GET", "/dinas/surveilans/w2", surveillance.weekly, _SURVEILLANCE),
    ("GET", "/dinas/surveilans/w2.csv", surveillance.weekly_csv, _SURVEILLANCE),
    ("GET", "/dinas/surveilans/w2.xlsx", surveillance.weekly_xlsx, _SURVEILLANCE),
    ("GET", "/dinas/surveilans/baru", surveillance.new_signal, _SURVEILLANCE),
    ("POST", "/dinas/surveilans/baru", surveillance.enter_signal, _SURVEILLANCE),
    ("GET", "/dinas/surveilans/sinyal/{number}", surveillance.one_signal, _SURVEILLANCE),
    ("POST", "/dinas/surveilans/sinyal/{number}", surveillance.do_step, _SURVEILLANCE),
    ("GET", "/dinas/surveilans/{code}", surveillance.disease, _SURVEILLANCE),
)
