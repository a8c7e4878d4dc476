"""Many senders at one moment, about the same people: all are served, and the end is that of one after the other."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from hub.pipeline import bundle
from hub.upkeep.digest import content_digest
from hub.upkeep.sequencing import sequence
from hub.upkeep.verifying import verify
from tests.whole.conftest import register
from tests.whole.sending import A, OpenDoor, client_of, counts, send, send_city

THREADS = 3


def clinical(hub):
    """What is kept, and how many persons the links make of the compartments."""
    found = counts(hub)
    with hub.store.reading() as tx:
        lines = tx.content_lines()
        written = [row for number in hub.numbers for row in tx.changes(number, range(1, 150), limit=100_000)]
        links = sum(len(tx.links([c])) for c in {row.compartment for row in written})
    assert len({token for token, *_ in lines}) == len(lines)
    return content_digest(hub), found["resource"], found["compartment"], found["fact"], links


def test_two_processes_and_many_threads_end_where_one_ends(homes, city):
    homes.close(register(homes.open(), city))
    clean = homes.open(homes.copy())
    alone = send_city(clean, city)
    hubs = [homes.open(), homes.open()]  # two of them share nothing but the databases, like two processes
    files = [(facility["id"], path) for facility in city.facilities for path in city.files[facility["id"]]]

    def work(number: int):
        hub, start = hubs[number % len(hubs)], number * 2
        for facility, path in files[start:] + files[:start]:
            yield send(hub, facility, path.read_bytes(), path.name)

    with ThreadPoolExecutor(THREADS * len(hubs)) as pool:
        receipts = list(chain.from_iterable(pool.map(lambda number: list(work(number)), range(THREADS * len(hubs)))))
    assert len(receipts) == len(files) * THREADS * len(hubs)
    accepted = sum(receipt.counts["accepted"] for receipt in receipts)
    assert accepted == sum(receipt.counts["accepted"] for receipt in alone), "each row is new to exactly one sender"
    assert clinical(hubs[0]) == clinical(clean)
    sequence(hubs[0])
    assert verify(hubs[0]).holds


def test_transactions_about_one_new_person_make_one(hub):
    """The same visit sent by many at once, with a condition: created once, found by the others."""
    identifier = {"system": "https://k.test", "value": "7"}
    patient = {"resourceType": "Patient", "name": [{"text": "Noor Aida"}], "identifier": [identifier]}
    request = {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=https://k.test|7"}
    entry = {"resource": patient, "request": request}

    def one(_: int) -> bytes:
        return bundle(
            hub, client_of(A), {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}, OpenDoor()
        )

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(12)))
    assert sum(b"201 Created" in answer for answer in answers) == 1
    assert counts(hub)["resource"] == 1
