"""Definitions: the page's own example works as it says, faults are all named at once, no text slips into a query."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError, catalogue, fix, text
from hub.model.population import Residents
from hub.monitor.ages import BANDS
from hub.monitor.indicators import check, definitions, shelved
from hub.monitor.indicators.compiling import compiled
from hub.monitor.indicators.denominators import residents
from hub.monitor.indicators.indicator import Rule, Selection
from hub.monitor.indicators.reading import read
from tests.cli.conftest import ROOT, Run
from tests.cli.conftest import home as home
from tests.cli.conftest import run as run
from tests.monitor.chance import drawn
from tests.monitor.test_indicator_truth import COMPUTED, counted, opened

PAGE = (ROOT / "docs/indicators.md").read_text()
BLOCKS = re.findall(r"^```\w+ (file|says)=(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GOOD = next(body for _, name, body in BLOCKS if name == "diare-zink.toml")


def test_the_example_of_the_page_works_as_it_says(run: Run, tmp_path: Path) -> None:
    said = {name: body for kind, name, body in BLOCKS if kind == "says"}
    folder = tmp_path / "own"
    folder.mkdir()
    for kind, name, body in BLOCKS:
        if kind == "file":
            (folder / name).write_text(body)
    definition, facts = str(folder / "diare-zink.toml"), str(folder / "coba.csv")
    assert run("indicators", "check", definition, "--lang", "en").stdout == said["check"]
    assert run("indicators", "try", definition, facts).stdout == said["try"]
    assert "diare-zink" in {each.id for each in definitions(folder)}
    assert "diare-zink" not in {each.id for each in definitions()}


def test_the_page_names_every_indicator_and_what_it_lacks() -> None:
    for each in definitions():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{each.id}` |"))
        assert each.missing.get("en", "") in row
    assert f"ships {len(definitions())} of them" in PAGE


FAULTS = [
    ('unit = "visit"', 'unit = "house"', "HUB-4243", "unit", 4),
    ('codes = ["A09", "K52"]', 'codes = ["A09", "K-52"]', "HUB-4244", "denominator.select.codes", 14),
    ('codes = ["A12CB01"]', 'codes = ["A12CB01", "@vitamins"]', "HUB-4244", "numerator.with.codes", 23),
    ('age = "0-4"', 'age = "4-0"', "HUB-4243", "denominator.select.age", 15),
    ('during = "same visit"\n\n', 'during = "next week"\n\n', "HUB-4243", "numerator.with.during", 24),
    ('during = "same visit"\n\n', 'during = "7 days after"\n\n', "HUB-4245", "judged_after_days", 1),
    ('during = "same visit"\n\n', 'during = "itself"\n\n', "HUB-4245", "numerator.with.during", 24),
    ('during = "same visit"\n\n', "\n", "HUB-4241", "numerator.with.during", 21),
    ("target = 100", 'target = "all"', "HUB-4243", "target", 6),
    ("target = 100", "goal = 100", "HUB-4242", "goal", 6),
    ('direction = "up"', 'counted = "once a month"\ndirection = "up"', "HUB-4245", "counted", 5),
    ('en = "Zinc for diarrhoea under five"', 'fr = "Zinc"', "HUB-4241", "title.en", 2),
    ("[denominator]\n", "[denominator\n", "HUB-4240", "", 8),
    ('id = "diare-zink"\n', 'id = "Diare Zink"\n', "HUB-4243", "id", 1),
    ('direction = "up"', 'dirction = "up"', "HUB-4242", "dirction", 5),
    ('["A09", "K52"]', '["http://snomed.info/sct|62315008"]', "HUB-4244", "denominator.select.codes", 14),
    ('["A12CB01"]', '["A12\' OR 1=1 --"]', "HUB-4244", "numerator.with.codes", 23),
    ('kind = "medicine"', 'kind = "drug"', "HUB-4243", "numerator.with.kind", 22),
    ('age = "0-4"', 'facilities = ["puskemas"]', "HUB-4243", "denominator.select.facilities", 15),
    ("target = 100", "target = 150", "HUB-4243", "target", 6),
    (
        '[[numerator.with]]\nkind = "medicine"',
        '[numerator.select]\nkind = "medicine"',
        "HUB-4264",
        "numerator.select",
        21,
    ),
    (', en = "National IMCI chart booklet"', "", "HUB-4241", "source.en", 3),
    ('unit = "visit"', 'unit = "visit"\nunit = "visit"', "HUB-4240", "", 5),
]


@pytest.mark.parametrize(("old", "new", "code", "path", "line"), FAULTS)
def test_a_fault_is_named_with_its_line_and_its_cure(old: str, new: str, code: str, path: str, line: int) -> None:
    assert old in GOOD
    found, issues = read(GOOD.replace(old, new, 1).encode(), "coba.toml", {})
    assert found is None
    first = next(issue for issue in issues if issue.code == code)
    assert (first.path, first.row) == (path, line)
    for lang in ("id", "en"):
        assert "…" not in text(first, lang).replace('"…"', "")
        assert f"{line}" in text(first, lang)
        assert fix(first, lang)


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    broken = (
        GOOD.replace("up", "left", 1).replace('"A09"', '"?"', 1).replace("same visit", "soon").replace("target", "aim")
    )
    (tmp_path / "broken.toml").write_text(broken)
    _, issues = check(tmp_path / "broken.toml")
    paths = {issue.path for issue in issues}
    assert {"direction", "aim", "denominator.select.codes", "numerator.with.during"} <= paths
    assert "exclusions.any.during" in paths
    with pytest.raises(HubError) as refused:
        definitions(tmp_path)
    assert len(refused.value.issues) == len(issues)


def test_two_files_of_one_code_are_refused_and_a_shipped_one_can_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD.replace("diare-zink", "spm-02"))
    assert {each.title["en"] for each in definitions(tmp_path) if each.id == "spm-02"} == {
        "Zinc for diarrhoea under five"
    }
    (tmp_path / "b.toml").write_text(GOOD.replace("diare-zink", "spm-02"))
    with pytest.raises(HubError) as refused:
        definitions(tmp_path)
    assert [issue.code for issue in refused.value.issues] == ["HUB-4246"]
    _, issues = check(tmp_path / "b.toml", tmp_path)
    assert [(issue.code, issue.args["other"]) for issue in issues] == [("HUB-4246", "a.toml")]


def test_a_serving_hub_takes_a_new_file_and_outlives_a_bad_one(tmp_path: Path) -> None:
    assert "diare-zink" not in {each.id for each in shelved(tmp_path)}
    file = tmp_path / "zink.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert "diare-zink" in {each.id for each in shelved(tmp_path)}, "saved by an editor on Windows"
    file.write_text(GOOD.replace("visit", "house"))
    assert next(each.unit for each in shelved(tmp_path) if each.id == "diare-zink") == "visit", "as it was"
    (tmp_path / ".#zink.toml").symlink_to("somebody@machine.1:1")
    (tmp_path / "folder.toml").mkdir()
    assert "diare-zink" in {each.id for each in shelved(tmp_path)}, "open in an editor"
    file.unlink()
    assert "diare-zink" not in {each.id for each in shelved(tmp_path)}


@given(st.text(max_size=30), st.sampled_from(["codes", "band", "facilities", "sex", "case", "kind", "ownership"]))
def test_no_text_of_a_definition_reaches_the_query_unchecked(written: str, key: str) -> None:
    escaped = "".join(f"\\U{ord(letter):08x}" for letter in written)
    one = f'kind = "diagnosis"\n{key} = ["{escaped}"]' if key != "kind" else f'kind = "{escaped}"'
    body = GOOD.replace('kind = "diagnosis"\ncodes = ["A09", "K52"]', one)
    found, _ = read(body.encode(), "x.toml", {})
    if found is not None:
        assert re.fullmatch(r"[A-Za-z0-9.\-]+", written)


@pytest.mark.parametrize("bad", ["x' OR '1'='1", 'a"b', "a;b", "a\nb", "a\\b", "é"])
def test_the_compiler_refuses_what_the_reader_should_have_stopped(bad: str) -> None:
    for selection in (Selection((bad,)), Selection(("lab",), codes=((bad, bad),)), Selection(("lab",), sex=bad)):
        with pytest.raises(ValueError, match="not a text"):
            compiled(Rule("visit", "each", 0, 0, (selection,)), denominator=True)


def test_a_month_needs_no_facts_from_before_the_months_it_says_nor_from_after_it() -> None:
    year, number = 2026, 1
    end = (date(year, number + 1, 1) - date(1970, 1, 1)).days
    with opened(drawn(3, 60)) as database:
        database.execute("CREATE TABLE every AS SELECT * FROM fact")
        database.unregister("fact")
        for one in COMPUTED.values():
            at = year * 12 + number - 1 - one.back
            start = (date(at // 12, at % 12 + 1, 1) - date(1970, 1, 1)).days
            found = []
            for where in ("", f" WHERE day >= {start} AND day < {end}"):
                database.execute(f"CREATE OR REPLACE VIEW fact AS SELECT * FROM every{where}")
                found.append({cell: n for cell, n in counted(database, one).items() if cell[0] == "2026-01"})
            assert found[0] == found[1], one.id


def test_sums_beside_what_they_are_divided_into_count_once() -> None:
    one = next(each for each in definitions() if each.needs == "population" and not each.population_sex)
    everybody = replace(one, population_bands=BANDS)
    area, other = "6371011001", "6371011002"
    rows = [Residents(2026, area, sex, "", n) for sex, n in (("", 90), ("male", 40), ("female", 50))]
    rows += [Residents(2026, area, sex, band, 10) for sex in ("", "male", "female") for band in ("1-4", "5-9")]
    rows.append(Residents(2026, other, "", "", 7))
    assert residents(everybody, rows)["area"] == {area: 40, other: 7, "637101": 47, "city": 47}
    women = replace(everybody, population_sex="female")
    assert residents(women, rows[:3])["area"]["city"] == 50
    assert residents(everybody, [*rows[:3], Residents(2026, "", "", "", 95)])["area"]["city"] == 95


def test_every_indicator_has_both_languages_and_a_source() -> None:
    known = definitions()
    assert max(Counter(each.id for each in known).values()) == 1
    assert {f"spm-{n:02}" for n in range(1, 13)} <= {each.id for each in known}
    for each in known:
        for words in (each.title, each.source, each.numerator, each.denominator):
            assert set(words) == {"id", "en"}
            assert all(words.values())
        assert each.is_computed or each.self_reported or each.missing
        assert (each.needs is None) or each.denominator
    assert {"HUB-4240", "HUB-4248"} <= set(catalogue())
