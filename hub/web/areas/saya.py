"""/saya: the patient's own pages."""

from hub.web.areas import PATIENT, Table
from hub.web.pages import access_log, choices, own_requests, presence, record

TABLE: Table = (
    ("GET", "/saya", record.me, PATIENT),
    ("GET", "/saya/akses", access_log.who_looked, PATIENT),
    ("GET", "/saya/persetujuan", choices.show, PATIENT),
    ("POST", "/saya/persetujuan", choices.change, PATIENT),
    ("GET", "/saya/kode", presence.ask_code, PATIENT),
    ("POST", "/saya/kode", presence.new_code, PATIENT),
    ("GET", "/saya/unduh.pdf", record.download_pdf, PATIENT),
    ("GET", "/saya/unduh.json", record.download_document, PATIENT),
    ("GET", "/saya/permintaan", own_requests.show, PATIENT),
    ("POST", "/saya/permintaan", own_requests.ask, PATIENT),
    ("POST", "/saya/permintaan/{id}/cabut", own_requests.withdraw, PATIENT),
)
