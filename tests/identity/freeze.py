"""Writes results.csv: what the judge says of every pair of cases.csv. Run it after a change and read the diff."""

import csv
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pairs import HERE, read_pairs

from hub.identity import demographics, judge


def results() -> str:
    """CSV: line of cases.csv, group, truth, judgement, rule, score."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["line", "group", "truth", "judgement", "rule", "score"])
    for pair in read_pairs():
        match = judge(demographics(pair.a), demographics(pair.b))
        writer.writerow([pair.line, pair.group, pair.truth, match.judgement, match.rule, f"{match.score:.4f}"])
    return out.getvalue()


if __name__ == "__main__":
    (HERE / "results.csv").write_text(results(), encoding="utf-8")
