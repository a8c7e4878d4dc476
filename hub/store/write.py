"""What a writer can do, besides all a reader can."""

from hub.store.answers import AnswerWrites
from hub.store.auditing import AuditWrites
from hub.store.care import CareWrites
from hub.store.exports import ExportWrites
from hub.store.facts import FactWrites
from hub.store.indexing import IndexWrites
from hub.store.intake import IntakeWrites
from hub.store.persons import PersonWrites
from hub.store.read import ReadTx
from hub.store.records import RecordWrites
from hub.store.registry import RegistryWrites
from hub.store.releases import ReleaseWrites
from hub.store.requests import RequestWrites
from hub.store.signin import SigninWrites
from hub.store.wording import WordWrites


class WriteTx(
    RecordWrites,
    PersonWrites,
    CareWrites,
    RegistryWrites,
    IntakeWrites,
    ExportWrites,
    FactWrites,
    IndexWrites,
    ReleaseWrites,
    SigninWrites,
    RequestWrites,
    AuditWrites,
    AnswerWrites,
    WordWrites,
    ReadTx,
):
    """One transaction that is committed once, when its `with` block is left."""
