"""What a reader can ask."""

from hub.store.auditing import AuditReads
from hub.store.care import CareReads
from hub.store.facts import FactReads
from hub.store.intake import IntakeReads
from hub.store.persons import PersonReads
from hub.store.records import RecordReads
from hub.store.registry import RegistryReads
from hub.store.select import SearchReads
from hub.store.signin import SigninReads
from hub.store.whole import WholeReads


class ReadTx(
    RecordReads,
    SearchReads,
    PersonReads,
    CareReads,
    RegistryReads,
    IntakeReads,
    FactReads,
    SigninReads,
    AuditReads,
    WholeReads,
):
    """One snapshot of everything; it has no method that writes, and its connection refuses to."""
