"""Wrapped seeds in their own database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import make_url

from hub.store import SeedRows


def test_the_first_seed_of_a_compartment_stays(empty_url: str) -> None:
    seeds = SeedRows(empty_url)
    seeds.insert([(2**62, 1, b"first"), (0, 1, b"root")])
    seeds.insert([(2**62, 1, b"second"), (5, 2, b"five")])
    seeds.insert([])
    assert seeds.read([0, 2**62, 5, 6]) == {0: (1, b"root"), 2**62: (1, b"first"), 5: (2, b"five")}
    assert seeds.read([]) == {}
    seeds.delete(5)
    seeds.delete(5)
    assert seeds.read([5]) == {}
    seeds.close()


def test_processes_that_start_together_agree(empty_url: str) -> None:
    def start(number: int) -> bytes:
        seeds = SeedRows(empty_url)
        seeds.insert([(0, 1, b"root of %d" % number)])
        found = seeds.read([0])[0][1]
        seeds.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(start, range(4)))) == 1


def test_a_deleted_seed_leaves_no_bytes_in_the_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'keys.db'}"
    seeds = SeedRows(url)
    secret = b"wrapped seed that must go away" * 2
    seeds.insert([(n, 1, b"other %d" % n) for n in range(50)] + [(99, 1, secret)])
    seeds.delete(99)
    name = Path(str(make_url(url).database)).name
    files = [path for path in tmp_path.iterdir() if path.name.startswith(name)]
    assert files
    assert not any(secret[:20] in path.read_bytes() for path in files)
    seeds.close()
