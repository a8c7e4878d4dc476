"""Refused rows at their facility: by code, row by row, one value in many rows; and how the others ended."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from hub.errors import Category, HubError, fix, text
from hub.model import Issue
from hub.parts import Hub
from hub.pipeline import (
    Tally,
    WaitingRow,
    closed_rows,
    discard,
    receipts,
    repair,
    replace_value,
    replay_rows,
    resume,
    waiting_row,
    waiting_rows,
)
from hub.web.call import Call, Lang, whole
from hub.web.render import go, page

HERE = "/faskes/ditolak"
SHOWN, CLOSED, VALUES = 200, 50, 50
_DAY_MS = 86_400_000
_DONE = frozenset({"accepted", "superseded", "closed", "discarded", "many"})


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """All rows with one code: what it means, how many, how old the oldest is (days), in which columns."""

    code: str
    problem: str
    repair: str
    count: int
    days: int
    columns: tuple[str, ...]


def board(hub: Hub, call: Call) -> Response:
    """GET /faskes/ditolak: the groups, what was interrupted, and how the newest closed rows ended."""
    rows = waiting_rows(hub, call.caller)
    broken = [each for each in receipts(hub, call.caller) if each.state == "received"]
    return page(
        hub.config,
        call,
        "quarantine.html",
        groups=groups_of(rows, hub.clock(), call.lang),
        total=len(rows),
        broken=broken,
        closed=closed_rows(hub, call.caller, CLOSED),
        message=call.told(_DONE),
        numbers=_numbers(call),
    )


def by_code(hub: Hub, call: Call) -> Response:
    """GET /faskes/ditolak/kode/{code}: its rows, and one value to be changed in all of them."""
    code = call.args["code"]
    rows = waiting_rows(hub, call.caller, code)
    if not rows:
        return go(HERE)
    return page(
        hub.config,
        call,
        "quarantine_code.html",
        group=groups_of(rows, hub.clock(), call.lang, only=code)[0],
        rows=[(row, _findings(row, call.lang, code)) for row in rows[:SHOWN]],
        values=_values(rows),
        message=call.told(_DONE),
        numbers=_numbers(call),
    )


def show(hub: Hub, call: Call) -> Response:
    """GET /faskes/ditolak/baris/{id}: one row's form. `?kode=` keeps the way to its neighbours."""
    return _form(hub, call, waiting_row(hub, call.caller, call.args["id"]))


def mend(hub: Hub, call: Call) -> Response:
    """POST /faskes/ditolak/baris/{id}: send the row with its changed cells; then on to the next one."""
    id_ = call.args["id"]
    cells = {name.removeprefix("sel."): call.value(name) for name in call.form if name.startswith("sel.")}
    following = _neighbours(hub, call, id_)[1]
    done = repair(hub, call.caller, id_, cells)
    if done.state == "waiting":
        return _form(hub, call, waiting_row(hub, call.caller, id_), is_still=True, status=422)
    return _on(call, following, done.state)


def give_up(hub: Hub, call: Call) -> Response:
    """POST /faskes/ditolak/baris/{id}/buang: close the row with a reason."""
    following = _neighbours(hub, call, call.args["id"])[1]
    discard(hub, call.caller, call.args["id"], call.value("alasan"))
    return _on(call, following, "discarded")


def change(hub: Hub, call: Call) -> Response:
    """POST /faskes/ditolak/kode/{code}/ganti: one value of one column in all rows of the code."""
    column, mark, old = call.value("dari").partition("=")
    if not column or not mark:
        raise HubError(Category.INCORRECT, Issue("HUB-5907"))
    return _counted(replace_value(hub, call.caller, call.args["code"], column, old, call.value("menjadi").strip()))


def replay(hub: Hub, call: Call) -> Response:
    """POST /faskes/ditolak/ulang: send waiting rows again as they are; all, or those of `kode`."""
    return _counted(replay_rows(hub, call.caller, call.value("kode") or None))


def go_on(hub: Hub, call: Call) -> Response:
    """POST /faskes/kiriman/{id}/lanjut: run an interrupted submission again from its kept file."""
    return go(f"/faskes/kiriman/{resume(hub, call.caller, call.args['id']).id}")


def groups_of(rows: Sequence[WaitingRow], now_ms: int, lang: Lang, only: str | None = None) -> list[CodeGroup]:
    """The rows by code, the most frequent first; a row with several codes stands in several groups."""
    by_code: dict[str, list[tuple[WaitingRow, Issue]]] = {}
    for row in rows:
        for code in row.codes:
            if only in (None, code):
                by_code.setdefault(code, []).append((row, next(i for i in row.issues if i.code == code)))
    found = []
    for code, held in by_code.items():
        sample = held[0][1]
        columns = Counter(
            issue.column for row, _ in held for issue in row.issues if issue.code == code and issue.column
        )
        oldest = min(row.since_ms for row, _ in held)
        found.append(
            CodeGroup(
                code,
                text(sample, lang),
                fix(sample, lang),
                len(held),
                (now_ms - oldest) // _DAY_MS,
                tuple(name for name, _ in columns.most_common(4)),
            )
        )
    return sorted(found, key=lambda group: (-group.count, group.code))


def _form(hub: Hub, call: Call, row: WaitingRow, *, is_still: bool = False, status: int = 200) -> Response:
    """Editable: the columns at fault; where none is named (or all are wanted, `?semua=1`) every one that is known."""
    before, after = _neighbours(hub, call, row.id)
    adapter = hub.adapters.get(row.adapter)
    known = [column.name for column in adapter.manifest.columns] if adapter is not None else []
    everything = [*row.cells, *(name for name in known if name not in row.cells)]
    is_all = call.query.get("semua") == "1" or not row.columns
    editable = everything[:40] if is_all else list(row.columns)
    return page(
        hub.config,
        call,
        "quarantine_row.html",
        status=status,
        row=row,
        problems=[(issue.column or issue.path, issue.value or "", *_words(issue, call.lang)) for issue in row.issues],
        editable=[(name, row.cells.get(name, ""), row.sent.get(name, "")) for name in editable],
        rest=[(name, value) for name, value in row.cells.items() if name not in editable],
        code=_code(call),
        before=before,
        after=after,
        is_still=is_still,
        is_all=is_all,
        message=call.told(_DONE),
        numbers=_numbers(call),
    )


def _neighbours(hub: Hub, call: Call, id_: str) -> tuple[str, str]:
    """The ids of the rows before and after, among those of the code in the address or form; "" at the ends."""
    ids = [row.id for row in waiting_rows(hub, call.caller, _code(call) or None)]
    if id_ not in ids:
        return "", ids[0] if ids else ""
    at = ids.index(id_)
    return ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else ""


def _code(call: Call) -> str:
    found = call.value("kode") or call.query.get("kode", "")
    return found if found.startswith("HUB-") and found[4:].isdecimal() and len(found) == 8 else ""


def _on(call: Call, following: str, state: str) -> Response:
    code = _code(call)
    where = f"{HERE}/baris/{following}" if following else HERE
    return go(f"{where}?{urlencode(({'kode': code} if code and following else {}) | {'pesan': state})}")


def _counted(tally: Tally) -> Response:
    told = {"pesan": "many", "diterima": tally.accepted, "menunggu": tally.waiting, "tertinggal": tally.superseded}
    return go(f"{HERE}?{urlencode(told)}")


def _numbers(call: Call) -> dict[str, int]:
    """The numbers of `_counted`; anything else in their place is 0."""
    return {name: whole(call.query.get(name, ""), 7) for name in ("diterima", "menunggu", "tertinggal")}


def _findings(row: WaitingRow, lang: Lang, code: str) -> list[tuple[str, str, str]]:
    return [(i.column or i.path, i.value or "", text(i, lang)) for i in row.issues if i.code == code]


def _words(issue: Issue, lang: Lang) -> tuple[str, str]:
    return text(issue, lang), fix(issue, lang)


def _values(rows: Iterable[WaitingRow]) -> list[tuple[str, str, int]]:
    """(column, value, how often) among the columns at fault, the most frequent first."""
    found = Counter((name, row.cells.get(name, "")) for row in rows for name in row.columns)
    return [(name, value, count) for (name, value), count in found.most_common(VALUES)]
