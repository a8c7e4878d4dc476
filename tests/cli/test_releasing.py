"""`hub city release`: nothing to release is said, a month that is none is refused."""

from tests.cli.conftest import Run


def test_releasing_an_empty_hub(run: Run) -> None:
    done = run("city", "release")
    assert done.returncode == 5, done.stderr
    assert "tidak ada bulan" in done.stdout
    wrong = run("city", "release", "--month", "2999-01")
    assert wrong.returncode == 2
    assert "HUB-4204" in wrong.stderr
