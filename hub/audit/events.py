"""Every event the hub records, in one table: its FHIR and DICOM codes and how the patient reads it.

Names are stable: they lie in entries that are kept for decades. The documentation lists every one of them.
"""

from typing import NamedTuple

REST = ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation")
_RESTFUL = "http://hl7.org/fhir/restful-interaction"
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_BALP = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType"

Coding = tuple[str, str, str]


class Event(NamedTuple):
    """A kind of event: AuditEvent.type and subtype (system, code, display), and its name in Indonesian and English."""

    type: Coding
    subtype: Coding | None
    id: str
    en: str


def event_of(name: str) -> Event:
    """The event called `name`; an unknown one is an application activity named by itself: audit must never fail."""
    return EVENTS.get(name) or Event(_ACTIVITY, None, name, name)


def event_text(name: str, lang: str = "id") -> str:
    """What happened, as the patient reads it."""
    event = event_of(name)
    return event.en if lang == "en" else event.id


def _rest(code: str, id_: str, en: str) -> Event:
    return Event(REST, (_RESTFUL, code, code), id_, en)


def _dicom(type_: Coding, code: str, display: str, id_: str, en: str) -> Event:
    return Event(type_, (_DCM, code, display), id_, en)


_ACTIVITY = (_DCM, "110100", "Application Activity")
_AUDIT_USED = (_DCM, "110101", "Audit Log Used")
_EXPORT = (_DCM, "110106", "Export")
_IMPORT = (_DCM, "110107", "Import")
_ALERT = (_DCM, "110113", "Security Alert")
_AUTHENTICATION = (_DCM, "110114", "User Authentication")
_LOGIN, _LOGOUT, _KEYS = ("110122", "Login"), ("110123", "Logout"), ("110129", "Security Configuration")
_ROLES, _CONFIGURATION, _ATTRIBUTES = (
    ("110136", "Security Roles Changed"),
    ("110131", "Software Configuration"),
    ("110137", "User security Attributes Changed"),
)

EVENTS: dict[str, Event] = {
    # looks at a record
    "read": _rest("read", "Membuka catatan", "Opened a record"),
    "vread": _rest("vread", "Membuka versi lama catatan", "Opened an old version of a record"),
    "history": _rest("history-instance", "Melihat riwayat perubahan catatan", "Looked at the changes of a record"),
    "search": _rest("search-type", "Mencari catatan", "Searched records"),
    "everything": _rest("operation", "Membuka seluruh rekam", "Opened the whole record"),
    "own-record": _rest("operation", "Membuka rekam sendiri", "Opened the own record"),
    "seen": Event(_AUDIT_USED, None, "Membuka daftar akses", "Opened the list of accesses"),
    "choices": _rest("operation", "Membuka daftar persetujuan", "Opened the list of consents"),
    "document": Event(_EXPORT, None, "Mengunduh dokumen rekam", "Downloaded the record as a document"),
    "pdf": Event(_EXPORT, None, "Mengunduh rekam sebagai PDF", "Downloaded the record as PDF"),
    "export": Event(_EXPORT, None, "Mengekspor catatan", "Exported records"),
    # records coming in
    "ingest": Event(_IMPORT, (_RESTFUL, "transaction", "transaction"), "Menerima data dari fasilitas", "Received data"),
    "create": _rest("create", "Menambah catatan", "Added a record"),
    "update": _rest("update", "Memperbarui catatan", "Updated a record"),
    "delete": _rest("delete", "Menghapus catatan", "Deleted a record"),
    "transaction": _rest("transaction", "Mengirim beberapa catatan", "Sent several records"),
    "batch": _rest("batch", "Mengirim beberapa permintaan", "Sent several requests"),
    "validate": _rest("operation", "Memeriksa data tanpa menyimpan", "Checked data without storing"),
    "submission": Event(_IMPORT, None, "Mengirim berkas", "Sent a file"),
    "submission.read": _rest("operation", "Membuka tanda terima kiriman", "Opened a submission's receipt"),
    "submission.errors": Event(_EXPORT, None, "Mengunduh kesalahan kiriman", "Downloaded a submission's errors"),
    "quarantine.read": _rest("operation", "Membuka data tertahan", "Opened quarantined data"),
    "quarantine.fix": Event(_IMPORT, None, "Memperbaiki data tertahan", "Corrected quarantined data"),
    "quarantine.discard": _rest("operation", "Membuang data tertahan", "Gave quarantined data up"),
    "quarantine.replay": Event(_IMPORT, None, "Mengirim ulang data tertahan", "Replayed quarantined data"),
    "parse.fail": Event(_IMPORT, None, "Data kiriman tidak terbaca", "Could not read what was sent"),
    # who is who
    "link": _rest("operation", "Menyatukan catatan orang yang sama", "Joined records of the same person"),
    "unlink": _rest("operation", "Memisahkan catatan yang keliru disatukan", "Separated records joined by mistake"),
    "review": _rest(
        "operation", "Menilai apakah dua catatan milik satu orang", "Judged whether two records are one person"
    ),
    "review.look": _rest(
        "operation",
        "Membandingkan data diri untuk memastikan identitas",
        "Compared personal details (identity review)",
    ),
    "review.undo": _rest("operation", "Membatalkan keputusan tentang identitas", "Took back a decision about identity"),
    # what people ask for at a counter
    "request.open": _rest("operation", "Mencatat permintaan Anda", "Recorded your request"),
    "request.read": _rest("operation", "Membuka permintaan Anda", "Opened your request"),
    "request.check": _rest("operation", "Memeriksa identitas untuk permintaan", "Checked an identity for a request"),
    "request.release": Event(
        _EXPORT, None, "Memenuhi permintaan Anda di loket", "Fulfilled your request at the counter"
    ),
    "request.answer": _rest("operation", "Menjawab permintaan Anda", "Answered your request"),
    "request.refuse": _rest(
        "operation", "Menolak permintaan Anda dengan alasan", "Refused your request, with a reason"
    ),
    "request.withdraw": _rest("operation", "Menarik kembali permintaan", "Withdrew a request"),
    # the patient's choices and the reasons to look
    "choose": _rest("create", "Mengubah persetujuan", "Changed consent"),
    "consent": _rest("create", "Mengubah persetujuan", "Changed consent"),
    "decide": Event(_ALERT, (_BALP, "AuthZ-Consent", "AuthZ-Consent"), "Menilai izin akses", "Decided about access"),
    "presence.code": _rest("operation", "Membuat kode kehadiran", "Made a presence code"),
    "presence": _rest("operation", "Mencatat kehadiran pasien", "Recorded the patient's presence"),
    "break-glass": _dicom(
        _ALERT, "110127", "Emergency Override Started", "Membuka dalam keadaan darurat", "Broke the glass"
    ),
    "break-glass.end": _dicom(
        _ALERT, "110138", "Emergency Override Stopped", "Akses darurat berakhir", "Emergency access ended"
    ),
    "case.ask": _rest("create", "Mengajukan audit mutu", "Asked for a quality audit"),
    "case.grant": _rest("operation", "Menyetujui peninjauan kasus", "Approved a case review"),
    "case.refuse": _rest("operation", "Menolak audit mutu", "Refused a quality audit"),
    "case.withdraw": _rest(
        "update", "Menarik kembali permintaan audit mutu", "Withdrew the request for a quality audit"
    ),
    "case.read": _rest("operation", "Membuka daftar audit mutu", "Opened the list of quality audits"),
    "case.look": _rest("operation", "Audit mutu, nama tidak ditampilkan", "Quality audit, name not shown"),
    "case.finding": _rest(
        "update",
        "Mencatat temuan audit mutu, nama tidak ditampilkan",
        "Entered a finding of a quality audit, name not shown",
    ),
    "case.close": _rest("update", "Menutup audit mutu", "Closed a quality audit"),
    "case.reidentify": _rest(
        "operation",
        "Fasilitas mencocokkan nomor audit mutu dengan rekamnya",
        "The facility matched a quality audit's number to its own record",
    ),
    "case.reply": _rest("update", "Menanggapi audit mutu", "Replied to a quality audit"),
    # the city's numbers (nobody's record)
    "city.view": _rest("operation", "Melihat angka kota", "Looked at the city's numbers"),
    "surveillance.view": _rest(
        "operation", "Melihat jumlah penyakit wajib lapor", "Looked at numbers of notifiable diseases"
    ),
    "surveillance.cases": _rest(
        "operation",
        "Melihat kasus penyakit wajib lapor, tanpa nama",
        "Looked at cases of a notifiable disease, no names",
    ),
    "signal.raise": Event(_ACTIVITY, None, "Memunculkan sinyal kewaspadaan dini", "Raised early-warning signals"),
    "signal.enter": _rest("create", "Mencatat sinyal kewaspadaan dini", "Entered an early-warning signal"),
    "signal.step": _rest("update", "Mencatat langkah pada sinyal", "Entered a step of a signal"),
    "city.release": Event(_ACTIVITY, None, "Menerbitkan angka bulanan kota", "Released the city's monthly numbers"),
    "city.follow-up": _rest("operation", "Menindaklanjuti angka sebuah fasilitas", "Followed up a facility's number"),
    "city.self-report": _rest("create", "Melaporkan mutu fasilitas sendiri", "Reported the facility's own quality"),
    # the registry, and what stands beside records
    "registry.change": Event(_ACTIVITY, None, "Mengubah data izin fasilitas", "Changed a facility's papers"),
    "staff.duties": _dicom(_ALERT, *_ROLES, "Mengubah tugas petugas", "Changed a member of staff's duties"),
    "feed.subscribe": _dicom(
        _ALERT, *_CONFIGURATION, "Mengubah langganan umpan data", "Changed a subscription to the feed"
    ),
    "civil.check": _rest("operation", "Memeriksa NIK ke Dukcapil", "Checked the NIK with the civil registry"),
    # signing in
    "login": _dicom(_AUTHENTICATION, *_LOGIN, "Masuk", "Signed in"),
    "login.refuse": _dicom(_AUTHENTICATION, *_LOGIN, "Gagal masuk", "Was refused signing in"),
    "login.link": _dicom(_AUTHENTICATION, *_LOGIN, "Membuat tautan masuk", "Made a sign-in link"),
    "logout": _dicom(_AUTHENTICATION, *_LOGOUT, "Keluar", "Signed out"),
    "token.issue": _dicom(_AUTHENTICATION, *_LOGIN, "Memberi token akses", "Issued an access token"),
    "token.refuse": _dicom(_AUTHENTICATION, *_LOGIN, "Menolak token akses", "Refused an access token"),
    "token.revoke": _dicom(_AUTHENTICATION, *_LOGOUT, "Mencabut token akses", "Revoked an access token"),
    "rate.limit": Event(_ALERT, None, "Permintaan terlalu sering", "Asked too often"),
    # running the hub
    "client.change": _dicom(_ALERT, *_ATTRIBUTES, "Mengubah klien", "Changed a client"),
    "role.change": _dicom(_ALERT, *_ROLES, "Mengubah peran", "Changed a role"),
    "facility.change": _dicom(_ALERT, *_CONFIGURATION, "Mengubah fasilitas", "Changed a facility"),
    "facility.columns": _dicom(
        _ALERT,
        *_CONFIGURATION,
        "Memastikan arti judul kolom fasilitas",
        "Confirmed the meaning of a facility's headers",
    ),
    "config.change": _dicom(_ALERT, *_CONFIGURATION, "Mengubah pengaturan", "Changed a setting"),
    "key.rotate": _dicom(_ALERT, *_KEYS, "Mengganti kunci", "Rotated a key"),
    "key.shred": _dicom(_ALERT, *_KEYS, "Memusnahkan kunci catatan", "Destroyed a record's key"),
    "tamper": Event(_ALERT, None, "Catatan tersegel tidak dapat dibuka", "A sealed record did not open"),
    "audit.read": Event(_AUDIT_USED, None, "Membaca jejak audit", "Read the audit trail"),
    "audit.verify": Event(_AUDIT_USED, None, "Memeriksa keutuhan jejak audit", "Verified the audit trail"),
    "clock.back": Event(_ALERT, None, "Jam mundur", "The clock went back"),
    "start": _dicom(_ACTIVITY, "110120", "Application Start", "Hub dimulai", "The hub started"),
    "stop": _dicom(_ACTIVITY, "110121", "Application Stop", "Hub berhenti", "The hub stopped"),
    "migrate": _dicom(_ALERT, *_CONFIGURATION, "Memperbarui basis data", "Migrated the database"),
    "backup": Event(_EXPORT, None, "Membuat cadangan", "Made a backup"),
    "restore": Event(_IMPORT, None, "Memulihkan cadangan", "Restored a backup"),
    "command": Event(_ACTIVITY, None, "Menjalankan perintah pengelola", "Ran an operator's command"),
}
