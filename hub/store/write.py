"""What a writer can do, besides all a reader can."""

from hub.store.answers import AnswerWrites
from hub.store.auditing import AuditWrites
from hub.store.care import CareWrites
from hub.store.case_reviews import CaseReviewWrites
from hub.store.contacts import ContactWrites
from hub.store.denominators import DenominatorWrites
from hub.store.exports import ExportWrites
from hub.store.facts import FactWrites
from hub.store.follow_up import FollowUpWrites
from hub.store.indexing import IndexWrites
from hub.store.intake import IntakeWrites
from hub.store.monitoring import MonitoringWrites
from hub.store.papers import PaperWrites
from hub.store.persons import PersonWrites
from hub.store.read import ReadTx
from hub.store.records import RecordWrites
from hub.store.registry import RegistryWrites
from hub.store.releases import ReleaseWrites
from hub.store.requests import RequestWrites
from hub.store.signin import SigninWrites
from hub.store.surveillance import SurveillanceWrites
from hub.store.wording import WordWrites


class WriteTx(
    RecordWrites,
    PersonWrites,
    CareWrites,
    CaseReviewWrites,
    RegistryWrites,
    IntakeWrites,
    ContactWrites,
    DenominatorWrites,
    ExportWrites,
    FactWrites,
    FollowUpWrites,
    MonitoringWrites,
    IndexWrites,
    ReleaseWrites,
    SigninWrites,
    SurveillanceWrites,
    RequestWrites,
    AuditWrites,
    AnswerWrites,
    WordWrites,
    PaperWrites,
    ReadTx,
):
    """One transaction that is committed once, when its `with` block is left."""
