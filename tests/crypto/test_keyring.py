"""Seeds: durable before use, the same for every process, short-lived in memory, gone when shredded."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.crypto import Keyring, Tampered
from hub.crypto import keyring as keyring_module
from hub.crypto.seed_cache import SeedCache

New = Callable[..., Keyring]


def test_seeds_are_random_durable_and_wrapped(new_keyring: New, seeds) -> None:
    created = new_keyring().create([11, 12, 12])
    assert set(created) == {11, 12}
    assert created[11] != created[12]
    assert all(len(seed) == 32 for seed in created.values())
    assert new_keyring().seeds([11, 12, 13]) == created
    for compartment, (version, wrapped) in seeds.read([11, 12]).items():
        assert version == 1
        assert created[compartment] not in wrapped


def test_creating_again_changes_nothing(new_keyring: New) -> None:
    first = new_keyring().create([5])
    assert new_keyring().create([5, 6])[5] == first[5]


def test_rows_cannot_be_moved_changed_or_taken_to_another_tenant(new_keyring: New, seeds) -> None:
    new_keyring().create([1, 2])
    (_, one), (_, two) = (seeds.read([c])[c] for c in (1, 2))
    for version, wrapped in ((1, two), (2, one), (1, one[:-1] + bytes([one[-1] ^ 1])), (1, b""), (1, b"?" * 60)):
        seeds.set(1, version, wrapped)
        with pytest.raises(Tampered):
            new_keyring().seeds([1])
    seeds.set(1, 1, one)
    assert new_keyring().seeds([1])
    with pytest.raises(Tampered):
        new_keyring("banjarbaru").seeds([1])


def test_derived_keys_are_stable_and_unrelated(new_keyring: New) -> None:
    keys = [new_keyring().derived(purpose) for purpose in ("a", "b", "a/b", "")]
    assert len(set(keys)) == 4
    assert keys[0] == new_keyring().derived("a")
    assert len(keys[0]) == 32


@pytest.mark.parametrize("compartment", [0, -1, 1 << 63])
def test_only_patients_are_created_read_and_shredded(keyring: Keyring, compartment: int) -> None:
    keyring.derived("anything")
    for act in (lambda: keyring.create([compartment]), lambda: keyring.seeds([compartment])):
        with pytest.raises(ValueError, match="63-bit"):
            act()
    with pytest.raises(ValueError, match="63-bit"):
        keyring.shred(compartment)


def test_shredding_is_at_once_here_and_after_five_minutes_elsewhere(new_keyring: New) -> None:
    now = [0.0]
    here, elsewhere = new_keyring(), new_keyring(clock=lambda: now[0])
    seed = here.create([9])[9]
    assert elsewhere.seeds([9]) == {9: seed}
    here.shred(9)
    assert here.seeds([9]) == {}
    now[0] = 299.9
    assert elsewhere.seeds([9]) == {9: seed}
    now[0] = 300.0
    assert elsewhere.seeds([9]) == {}


def test_cached_seeds_survive_a_lost_key_holder_for_five_minutes(new_keyring: New, seeds) -> None:
    now = [0.0]
    keyring = new_keyring(clock=lambda: now[0])
    created = keyring.create([4])
    seeds.path.unlink()
    assert keyring.seeds([4]) == created
    now[0] = 301.0
    with pytest.raises(Exception, match="no such table"):
        keyring.seeds([4])


def test_cache_forgets_the_least_recently_used() -> None:
    cache = SeedCache(lambda: 0.0, limit=3, ttl_s=10)
    cache.put_all({n: bytes([n]) for n in (1, 2, 3)})
    assert cache.get_all([1]) == {1: b"\x01"}
    cache.put_all({4: b"\x04"})
    assert set(cache.get_all([1, 2, 3, 4])) == {1, 3, 4}
    assert len(cache) == 3
    assert keyring_module.CACHE_SEEDS == 20_000
    assert keyring_module.CACHE_SECONDS == 300


def test_processes_that_start_at_once_agree_on_the_root(new_keyring: New) -> None:
    """Key file and root seed are both made on first use; four processes make them at the same moment."""
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(4), context.Queue()

    def start() -> None:
        barrier.wait()
        results.put(new_keyring().derived("public-id"))

    processes = [context.Process(target=start) for _ in range(4)]
    for process in processes:
        process.start()
    keys = {results.get(timeout=30) for _ in processes}
    for process in processes:
        process.join()
    assert len(keys) == 1
    assert keys == {new_keyring().derived("public-id")}


def test_threads_agree(keyring: Keyring) -> None:
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda n: keyring.create([n % 5 + 1])[n % 5 + 1], range(40)))
    assert len(set(seen)) == 5
    assert keyring.seeds([1, 2, 3, 4, 5]) == dict(zip([1, 2, 3, 4, 5], seen[:5], strict=True))
