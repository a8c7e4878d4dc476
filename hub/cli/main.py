"""The command `hub`. One error boundary: an expected failure is a sentence and an exit code, never a stack trace.

Exit codes: 0 all well; 1 finished, some rows refused; 2 usage or settings; 3 not authorised; 4 hub unreachable, the
file is safely queued; 5 nothing to send; 6 the facility's database is unreachable or too slow; 10 a fault of ours.
"""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap import Unready
from hub.cli import (
    adapter,
    admin,
    agencies,
    bulk,
    city,
    columns,
    connecting,
    identity,
    indexing,
    indicators,
    monitor,
    papers,
    population,
    pulling,
    screens,
    staff,
    steward,
    submitting,
    wording,
)
from hub.cli.output import FAULT, OK, SOURCE_AWAY, USAGE, fail
from hub.errors import HubError, fix, text

_AWAY = frozenset({"HUB-2201", "HUB-2207"})
"""The facility's database does not answer, or not in time: nothing to mend in the command, try again later."""

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Jukung: a city's health-records hub.")
app.add_typer(adapter.app, name="adapter", help="Make and check adapters.")
app.add_typer(agencies.agency_app, name="agency", help="Other agencies of the city and their keys.")
app.add_typer(agencies.feed_app, name="feed", help="The signed feed of public numbers.")
app.add_typer(admin.consent, name="consent", help="Try consent decisions.")
app.add_typer(admin.audit, name="audit", help="The audit trail.")
admin.facility.command("columns")(columns.facility_columns)
admin.facility.command("details")(papers.facility_details)
admin.facility.command("show")(papers.facility_show)
admin.facility.command("due")(papers.facility_due)
app.add_typer(city.app, name="city", help="The city's released numbers.")
app.add_typer(admin.facility, name="facility", help="Facilities and their client systems.")
app.add_typer(admin.quarantine, name="quarantine", help="Rows that wait to be mended.")
app.add_typer(population.app, name="population", help="Population and targets of services.")
app.add_typer(pulling.source_app, name="source", help="A facility's database as the source.")
app.command("pull")(pulling.pull_command)
app.add_typer(indicators.app, name="indicators", help="Definitions of indicators.")
app.add_typer(indexing.app, name="index", help="The search index.")
app.add_typer(monitor.app, name="monitor", help="The city's indicators.")
app.add_typer(screens.app, name="screen", help="Screens of the Command Centre's wall.")
app.add_typer(staff.app, name="staff", help="Staff of the health office and their duties.")
app.add_typer(wording.app, name="codes", help="Words without a code.")
steward.app.command("report")(identity.report)
steward.app.command("judge")(identity.judge_files)
app.add_typer(steward.app, name="identity", help="The patient index.")
app.command("login-link")(admin.login_link)
app.command("digest")(admin.digest)
app.command("connect")(connecting.connect)
app.command("load")(bulk.load_files)
app.command("submit")(submitting.submit)


@app.command("demo")
def _demo() -> None:
    """Set everything up and serve. Running it again keeps what is there."""
    from hub.cli.demo import demo  # with a web server; without it every other command starts a third sooner

    demo()


@app.command("serve")
def _serve(
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Server processes; default HUB_WORKERS.")] = None,
) -> None:
    """Serve what is in HUB_HOME until stopped."""
    from hub.cli.serving import serve

    serve(workers)


def run() -> None:
    """The console entry point."""
    try:
        code = app(standalone_mode=False)  # an Exit inside a command comes back as its code
    except OSError as error:
        fail(f"{error.filename or 'system'}: {error.strerror or error}", USAGE)
    except (Unready, ValueError) as error:
        fail(str(error) or "a value is not of the right form", USAGE)
    except HubError as error:
        for issue in error.issues:
            said = " / ".join(f"{text(issue, lang)} {fix(issue, lang)}" for lang in ("id", "en"))
            print(f"{issue.code}: {said}", file=sys.stderr)
        sys.exit(SOURCE_AWAY if any(issue.code in _AWAY for issue in error.issues) else USAGE)
    except typer.Abort:
        fail("stopped; run the same command again and it goes on", USAGE)
    except Exception as error:
        if hasattr(error, "format_message"):  # a wrong option or argument, worded by the command-line library
            fail(error.format_message(), USAGE)
        if type(error).__module__.startswith(("sqlalchemy", "psycopg", "sqlite3")):
            fail(f"the database does not answer or HUB_DATABASE_URL is wrong ({type(error).__name__})", USAGE)
        # the places only: the message of a fault may hold a value of somebody's record
        places = [f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(error.__traceback__)]
        fail(f"a fault of ours ({type(error).__name__} at {' > '.join(places[-4:])}); please report it", FAULT)
    sys.exit(code if isinstance(code, int) else OK)
