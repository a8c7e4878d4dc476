"""Synthea's bundles in over HTTP and every resource back: equal but for ids, versions, times and rewritten references.

A sample that has every type; `python -m bench.synthea` does it with all 300, served by real processes.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from bench import material
from bench.bundles import places
from bench.synthea import content, expectations, unlike
from tests.conftest import not_run
from tests.whole.calling import online, signed_in
from tests.whole.sending import A

SAMPLE = (2, 5)
TYPES = 16


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    if not material.SYNTHEA.is_dir():
        not_run("no Synthea archive at ../shared/data/synthea")
    sent = material.bundles(tmp_path_factory.mktemp("synthea") / "bundles", max(SAMPLE) + 1)
    return [Path(sent.paths[number]).read_bytes() for number in SAMPLE]


def test_every_resource_comes_back_as_it_was_sent(hub, sample):
    counts: Counter[str] = Counter()
    with online(hub) as caller:
        headers = signed_in(hub, caller, A)
        for text in sample:
            answer = caller.post("/fhir", content=text, headers={**headers, "Content-Type": "application/fhir+json"})
            assert answer.status_code == 200, answer.text[:2000]
            stored = places(answer.content)
            assert len(set(stored)) == len(json.loads(text)["entry"])
            for place, tree in expectations(text, stored).items():
                found = caller.get(f"/fhir/{place}", headers=headers)
                assert found.status_code == 200, found.text
                assert unlike(tree, content(found.content)) == "", place
                counts[place.partition("/")[0]] += 1
        said = Counter(entry["resource"]["resourceType"] for text in sample for entry in json.loads(text)["entry"])
        totals = {type_: caller.get(f"/fhir/{type_}?_summary=count", headers=headers).json()["total"] for type_ in said}
    assert len(said) == TYPES
    assert counts == said == Counter(totals)


@pytest.mark.parametrize(
    ("sent", "found", "where"),
    [
        ('{"v": 1.10}', '{"v": 1.1}', "/v"),
        ('{"v": 1.0}', '{"v": 1}', "/v"),
        ('{"v": 1}', '{"v": "1"}', "/v"),
        ('{"v": true}', '{"v": 1}', "/v"),
        ('{"v": {"a": []}}', '{"v": {}}', "/v: a"),
        ('{"v": [1, 2]}', '{"v": [2, 1]}', "/v/0"),
        ('{"v": [1]}', '{"v": [1, 1]}', "/v"),
        (
            '{"id": "a", "meta": {"versionId": "1"}, "v": 1.50}',
            '{"id": "b", "meta": {"lastUpdated": "x"}, "v": 1.50}',
            "",
        ),
        ('{"meta": {"tag": []}}', '{"meta": {}}', ": meta"),
    ],
)
def test_the_comparison_sees_every_difference(sent, found, where):
    assert unlike(content(sent.encode()), content(found.encode())) == where
