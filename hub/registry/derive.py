"""Derives `areas.csv` from the area tables of the project's facts: `python -m hub.registry.derive FACTS_FOLDER`.

Kemendagri codes and names, BPS codes, postal codes and centroids, all MIT (see AREAS-LICENSE.txt, written beside it).
"""

import csv
import sys
from pathlib import Path

COLUMNS = ("code", "bps", "name", "kecamatan_code", "kecamatan", "postal", "latitude", "longitude", "area_km2")
LICENCES = ("LICENSE-wilayah-MIT.txt", "LICENSE-boundaries-MIT.txt")


def derive(facts: Path) -> list[dict[str, str]]:
    """One row per kelurahan, in code order. ValueError when the tables do not hold 5 kecamatan and 52 kelurahan."""
    tree = {row["kemendagri_code"]: row for row in _read(facts / "banjarmasin_wilayah.csv")}
    extra = {row["kemendagri_code"]: row for row in _read(facts / "banjarmasin_wilayah_extra.csv")}
    rows = []
    for code, village in sorted(tree.items()):
        if village["level"] != "village":
            continue
        district, more = tree[village["parent"]], extra[code]
        rows.append(
            {
                "code": more["code_nodots"],
                "bps": village["bps_code"],
                "name": village["name"],
                "kecamatan_code": district["kemendagri_code"].replace(".", ""),
                "kecamatan": district["name"],
                "postal": more["postal_code"],
                "latitude": more["centroid_lat"],
                "longitude": more["centroid_lng"],
                "area_km2": more["area_km2"],
            }
        )
    if len(rows) != 52 or len({row["kecamatan_code"] for row in rows}) != 5:
        raise ValueError("the tables must hold 5 kecamatan and 52 kelurahan")
    return rows


def main(arguments: list[str]) -> None:
    """Writes `areas.csv` and its licence note beside this file."""
    facts, here = Path(arguments[0]), Path(__file__).parent
    with (here / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(derive(facts))
    note = (
        "areas.csv holds facts derived by derive.py from two works under the MIT licence:\n"
        "names and codes of areas (wilayah), and centroids, areas and postal codes (wilayah_boundaries).\n"
    )
    texts = [(facts / name).read_text(encoding="utf-8") for name in LICENCES]
    (here / "AREAS-LICENSE.txt").write_text("\n----\n".join([note, *texts]), encoding="utf-8")


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main(sys.argv[1:])
