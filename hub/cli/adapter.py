"""`hub adapter new NAME` and `hub adapter check NAME [FILE]`: make and examine adapters; nothing is ever stored.

Exit codes: 0 in order, 1 something to repair, 2 wrong use.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hub.config import read_config
from hub.errors import fix, text
from hub.mapping import Incomplete, load_adapter
from hub.mapping.adapter import Adapter
from hub.mapping.contract import contract_faults
from hub.mapping.goldens import write_goldens
from hub.mapping.readers import Suggestion
from hub.mapping.report import Report, check_report
from hub.mapping.scaffold import new_adapter
from hub.mapping.template import template, template_csv
from hub.model import Facility, Issue
from hub.validation import check_resource

app = typer.Typer(name="adapter", help="Buat dan periksa adapter / make and check adapters.", no_args_is_help=True)

Root = Annotated[Path | None, typer.Option(help="Folder of adapters; default: HUB_ADAPTERS.")]
MAX_SHOWN = 200


@app.command("new")
def new(name: str, root: Root = None) -> None:
    """Buat folder adapter baru yang langsung lulus uji / make a new adapter folder that passes its test at once."""
    try:
        folder = new_adapter(root or read_config().adapters, name)
    except ValueError as error:
        _fail(str(error))
    typer.echo(f"{folder}\nBerikutnya / next: docs/adapters.md, then: hub adapter check {name}")


@app.command("check")
def check(
    name: str,
    file: Annotated[Path | None, typer.Argument(help="A file of the source; without it, the folder itself.")] = None,
    root: Root = None,
    facility: Annotated[str, typer.Option(help="Id of the sending facility.")] = "faskes-contoh",
    columns: Annotated[
        str, typer.Option(help='The facility\'s renamed headers: "Tgl=tanggal; JK=jenis_kelamin".')
    ] = "",
    update: Annotated[bool, typer.Option("--update", help="Write the goldens anew, then review them.")] = False,
    lang: Annotated[str, typer.Option(help="id or en")] = "id",
) -> None:
    """Periksa FILE dengan adapter NAME, atau folder adapter itu sendiri / check a file, or the adapter's own folder."""
    try:
        adapter = load_adapter((root or read_config().adapters) / name)
    except Incomplete as error:
        _fail(str(error))
    if file is None:
        _check_folder(adapter, update)
        return
    if not file.is_file():
        _fail(f"{file}: no such file")
    sender = Facility(1, facility, facility, adapter=name, settings={"columns": columns} if columns else {})
    report = check_report(adapter, file.read_bytes(), file.name, sender, rules=_rules)
    _show(report, lang)
    sys.exit(0 if report.is_clean else 1)


@app.command("template")
def write_template(
    name: str, out: Annotated[Path, typer.Argument(help="A path ending in .xlsx or .csv")], root: Root = None
) -> None:
    """Tulis templat isian / write the template that senders fill in."""
    try:
        adapter = load_adapter((root or read_config().adapters) / name)
    except Incomplete as error:
        _fail(str(error))
    out.write_bytes(template_csv(adapter) if out.suffix == ".csv" else template(adapter))
    typer.echo(str(out))


def _rules(resource: dict[str, Any]) -> list[Issue]:
    return check_resource(resource)


def _check_folder(adapter: Adapter, update: bool) -> None:
    if update:
        for path in write_goldens(adapter):
            typer.echo(f"ditulis / written: {path}")
    faults = contract_faults(adapter, _rules)
    for fault in faults:
        typer.echo(f"✗ {fault}")
    typer.echo(f"{adapter.name}: {len(faults)} masalah / faults" if faults else f"✓ {adapter.name}: lulus / passes")
    sys.exit(1 if faults else 0)


def _show(report: Report, lang: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else 160)
    found = ", ".join(f"{number} {type_}" for type_, number in sorted(report.resources.items()))
    console.print(f"{report.rows} baris / rows: {report.accepted} siap / ready, {report.refused} ditolak / refused")
    if found:
        console.print(found)
    if report.issues:
        table = Table("baris", "kolom", "isi", "kode", "masalah", "perbaikan")
        for issue in report.issues[:MAX_SHOWN]:
            cells = (issue.column or "", issue.value or "", issue.code, text(issue, lang), fix(issue, lang))
            table.add_row("" if issue.row is None else str(issue.row), *(escape(cell) for cell in cells))
        console.print(table)
        if len(report.issues) > MAX_SHOWN:
            console.print(f"… dan {len(report.issues) - MAX_SHOWN} lagi / more")
    _show_suggestions(console, report.suggestions)
    for name, rows in report.unused.items():
        console.print(f"Tidak dipakai / unused: {escape(name)} ({rows})", highlight=False)
    if report.unmapped:
        console.print("Belum berkode / without a code (kolom,kata,kali / column,word,times):")
        writer = csv.writer(sys.stdout, lineterminator="\n")
        for (column, words), times in report.unmapped.most_common(MAX_SHOWN):
            writer.writerow((column, words, times))
    for objection, times in report.objections.items():
        console.print(f"Aturan dilanggar / broken rule: {escape(objection)} ({times})", highlight=False)


def _show_suggestions(console: Console, suggestions: Sequence[Suggestion]) -> None:
    """What unknown headers may mean, and the option that says so; a person reads it before using it."""
    if not suggestions:
        return
    table = Table("judul tak dikenal / unknown header", "mungkin / maybe", "skor", "bentuk isi / shape of values")
    for each in suggestions:
        score = f"{each.score:.2f}{' ✓' if each.is_sure else ''}" if each.column else ""
        table.add_row(escape(each.header), each.column or "?", score, escape(" · ".join(each.examples)))
    console.print(table)
    guessed = "; ".join(f"{each.header}={each.column}" for each in suggestions if each.column)
    if guessed:
        console.print(f"Periksa dulu, lalu / check first, then: --columns {escape(repr(guessed))}", highlight=False)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(2)
