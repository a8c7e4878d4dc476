"""Sign-in and onboarding: the join of `hub.auth` (what is right) and `hub.store` (what is known)."""

from hub.admission.calling import authenticate, principals, unauthenticated
from hub.admission.clients import disable_client, register_client
from hub.admission.granting import claimed_by, issue_token
from hub.admission.links import mint_login_link, patient_by_nik
from hub.admission.presence import new_presence_code, presence
from hub.admission.sessions import end_session, redeem, session
from hub.admission.staff import DUTIES, acting, set_staff, staff_link
from hub.admission.stays import discharged_ms, end_stay

__all__ = [
    "DUTIES",
    "acting",
    "authenticate",
    "claimed_by",
    "disable_client",
    "discharged_ms",
    "end_session",
    "end_stay",
    "issue_token",
    "mint_login_link",
    "new_presence_code",
    "patient_by_nik",
    "presence",
    "principals",
    "redeem",
    "register_client",
    "session",
    "set_staff",
    "staff_link",
    "unauthenticated",
]
