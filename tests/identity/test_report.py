"""`hub identity report` and `hub identity judge`, as commands; and how Splink's thresholds are chosen."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from fixtures.pairs import UNKNOWABLE, pairs
from fixtures.pairs.against_splink import thresholds
from fixtures.pairs.files import write_pairs
from hub.cli.main import app


def hub(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["identity", *arguments])


def test_a_report_over_a_file_counts_every_pair(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    write_pairs(path, pairs(3, 400))
    done = hub("report", "--pairs", str(path), "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["hub"]
    counted = sum(kind[key] for kind in found["kinds"].values() for key in ("positive", "unsure", "negative"))
    assert counted == found["pairs"] == 400
    assert found["false_links"] == 0


def test_a_report_in_words_has_a_line_for_each_kind() -> None:
    done = hub("report", "--made", "200", "--seed", "4", "--city")
    assert done.exit_code == 0, done.output
    assert "false links" in done.stdout
    assert "as one city of 400" in done.stdout
    assert "day-month" in done.stdout


def test_a_line_that_is_no_pair_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text("[]\n")
    done = hub("report", "--pairs", str(path))
    assert done.exit_code != 0
    assert "line 1" in str(done.exception)


@pytest.mark.parametrize(("lang", "said"), [("id", "hari dan bulan tertukar"), ("en", "day and month in the other")])
def test_two_patients_are_judged_and_explained(tmp_path: Path, lang: str, said: str) -> None:
    one = {"resourceType": "Patient", "name": [{"text": "Masliani Rahayu"}], "gender": "female"}
    one |= {"birthDate": "1985-03-02", "telecom": [{"system": "phone", "value": "081011110003"}]}
    for name, record in (("a", one), ("b", one | {"birthDate": "1985-02-03"})):
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
    done = hub("judge", str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--lang", lang)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("positive")
    assert said in done.stdout
    assert "Masliani" not in done.stdout


def test_splink_gets_the_best_of_its_thresholds() -> None:
    truth = {
        "1": (True, "tidy"),
        "2": (True, "tidy"),
        "3": (False, "twins"),
        "4": (True, "typo"),
        "5": (True, UNKNOWABLE),
    }
    scored = {"1": 20.0, "2": 12.0, "3": 11.0, "4": 5.0, "5": 1.0}
    found = thresholds(truth, scored, lost=0)
    assert (found.strict.match_weight, found.strict.recall, found.strict.false_links) == (12.0, 2 / 3, 0)
    assert (found.best_f1.match_weight, found.best_f1.false_links) == (5.0, 1)
    assert found.review == 2 / 5
    assert thresholds(truth, {**scored, "3": 30.0}, lost=0).strict.recall == 0
