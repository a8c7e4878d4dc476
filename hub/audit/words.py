"""Codes in words a patient understands, Indonesian and English: purposes, roles, reasons, kinds of records."""

import re

Words = dict[str, tuple[str, str]]

PURPOSES: Words = {
    "TREAT": ("Perawatan", "Treatment"),
    "ETREAT": ("Gawat darurat", "Emergency treatment"),
    "PATRQT": ("Permintaan pasien sendiri", "The patient's own request"),
    "FAMRQT": ("Permintaan keluarga", "The family's request"),
    "HQUALIMP": ("Peninjauan mutu", "Quality review"),
    "PUBHLTH": ("Kesehatan masyarakat", "Public health"),
    "HRESCH": ("Penelitian", "Research"),
    "HPAYMT": ("Pembayaran", "Payment"),
    "HOPERAT": ("Pengelolaan layanan", "Running the service"),
    "HCOMPL": ("Pengawasan kepatuhan", "Compliance oversight"),
    "SYSADMIN": ("Pengelolaan sistem", "System administration"),
}
"""v3-ActReason codes."""

ROLES: Words = {
    "patient": ("Anda sendiri", "Yourself"),
    "delegate": ("Wakil Anda", "Your delegate"),
    "clinician": ("Tenaga kesehatan", "A health professional"),
    "clinic-client": ("Sistem fasilitas", "A facility's system"),
    "auditor": ("Auditor", "An auditor"),
    "surveillance": ("Petugas surveilans", "A surveillance officer"),
    "privacy-officer": ("Petugas pelindungan data", "The privacy officer"),
    "steward": ("Petugas identitas pasien", "The steward of patient identities"),
    "registrar": ("Petugas pendaftaran", "The registrar"),
    "agency": ("Instansi kota", "A city agency"),
    "operator": ("Pengelola/petugas loket", "The operator, or staff at a counter"),
    "system": ("Proses otomatis", "An automatic process"),
}

REASONS: Words = {
    "author-submission": ("Fasilitas mengirim catatannya sendiri", "The facility sent its own record"),
    "author-facility": ("Catatan buatan fasilitas itu sendiri", "The facility's own record"),
    "consent": ("Anda mengizinkannya", "You permitted it"),
    "no-opt-out": ("Anda tidak menolaknya", "You did not object"),
    "own-record": ("Rekam milik Anda", "Your own record"),
    "break-glass": ("Keadaan darurat dengan alasan tertulis", "An emergency with a written reason"),
    "delegate-consent": ("Anda menunjuk wakil ini", "You named this delegate"),
    "guardian": ("Wali dari anak", "The child's guardian"),
    "case-review": ("Peninjauan kasus yang disetujui dua orang", "A case review approved by two people"),
    "statutory-notification": ("Penyakit yang wajib dilaporkan", "A disease that must be reported by law"),
    "consent-deny": ("Anda menolaknya", "You refused it"),
    "no-consent": ("Tidak ada izin Anda yang berlaku untuk ini", "None of your permissions covers this"),
    "no-explicit-consent": ("Tidak ada izin khusus untuk keperluan ini", "No permission for this very purpose"),
    "no-care-relationship": ("Tidak ada hubungan perawatan", "No care relationship"),
    "no-delegation": ("Tidak ditunjuk sebagai wakil", "Not named as a delegate"),
    "no-such-record": ("Tidak ada catatan seperti itu", "No such record"),
    "not-author": ("Bukan catatan fasilitas itu", "Not that facility's record"),
    "not-subject": ("Bukan rekam pemohon", "Not the asking person's record"),
    "not-notifiable": ("Bukan penyakit yang wajib dilaporkan", "Not a notifiable disease"),
    "aggregate-only": ("Hanya boleh melihat jumlah", "May see numbers only"),
    "sensitive-not-granted": ("Catatan sensitif di luar persetujuan", "A sensitive record outside the grant"),
    "person-blocked": ("Anda menolak orang ini", "You refused this person"),
    "purpose-not-allowed": ("Keperluan tidak diperbolehkan", "The purpose is not allowed"),
    "btg-required": ("Keadaan darurat belum dinyatakan", "No emergency was declared"),
    "btg-invalid": ("Akses darurat tidak berlaku", "The emergency access is not valid"),
    "sealed": ("Catatan disegel", "The record is sealed"),
    "withheld-harm": ("Ditahan sementara oleh dokter", "Withheld for now by a doctor"),
    "engine-error": ("Tidak dapat dinilai, maka ditolak", "Could not be decided, hence refused"),
}
"""Reason codes of hub.consent."""

RECORDS: Words = {
    "Patient": ("data diri", "personal details"),
    "Practitioner": ("tenaga kesehatan", "health professional"),
    "Organization": ("fasilitas", "facility"),
    "Encounter": ("kunjungan", "visit"),
    "Condition": ("diagnosis", "diagnosis"),
    "Observation": ("pemeriksaan", "measurement or result"),
    "DiagnosticReport": ("laporan pemeriksaan", "diagnostic report"),
    "Procedure": ("tindakan", "procedure"),
    "MedicationRequest": ("resep obat", "prescription"),
    "MedicationDispense": ("penyerahan obat", "dispensed medicine"),
    "MedicationStatement": ("obat yang dipakai", "medicine in use"),
    "AllergyIntolerance": ("alergi", "allergy"),
    "Immunization": ("imunisasi", "immunization"),
    "ServiceRequest": ("rujukan atau permintaan", "referral or order"),
    "Composition": ("ringkasan", "summary"),
    "DocumentReference": ("dokumen", "document"),
    "CarePlan": ("rencana perawatan", "care plan"),
    "Provenance": ("asal data", "origin of data"),
    "Consent": ("persetujuan", "consent"),
}


def word(words: Words, code: str, lang: str = "id") -> str:
    """The words for `code` in `lang` ("id" or "en"); the code itself when there are none."""
    found = words.get(code)
    return found[lang == "en"] if found else code


def printable(text: str) -> str:
    """`text` with control characters shown as escapes, so that no stored query can forge a line or move a cursor."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]")
