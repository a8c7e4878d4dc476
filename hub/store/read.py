"""What a reader can ask."""

from hub.store.answers import AnswerReads
from hub.store.auditing import AuditReads
from hub.store.care import CareReads
from hub.store.case_reviews import CaseReviewReads
from hub.store.changes import ChangeReads
from hub.store.chart import ChartReads
from hub.store.contacts import ContactReads
from hub.store.denominators import DenominatorReads
from hub.store.exports import ExportReads
from hub.store.facts import FactReads
from hub.store.follow_up import FollowUpReads
from hub.store.indexing import IndexReads
from hub.store.intake import IntakeReads
from hub.store.monitoring import MonitoringReads
from hub.store.papers import PaperReads
from hub.store.persons import PersonReads
from hub.store.records import RecordReads
from hub.store.registry import RegistryReads
from hub.store.releases import ReleaseReads
from hub.store.requests import RequestReads
from hub.store.select import SearchReads
from hub.store.signin import SigninReads
from hub.store.surveillance import SurveillanceReads
from hub.store.whole import WholeReads
from hub.store.wording import WordReads


class ReadTx(
    RecordReads,
    CaseReviewReads,
    ChangeReads,
    SearchReads,
    PersonReads,
    CareReads,
    RegistryReads,
    IntakeReads,
    ContactReads,
    DenominatorReads,
    ExportReads,
    FactReads,
    FollowUpReads,
    MonitoringReads,
    IndexReads,
    ReleaseReads,
    SigninReads,
    SurveillanceReads,
    RequestReads,
    AuditReads,
    AnswerReads,
    WholeReads,
    ChartReads,
    WordReads,
    PaperReads,
):
    """One snapshot of everything; it has no method that writes, and its connection refuses to."""
