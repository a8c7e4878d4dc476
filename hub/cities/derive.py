"""Derives the areas.csv of a city's folder from two tables: `python -m hub.cities.derive WILAYAH EXTRA FOLDER`.

WILAYAH has a line per area (columns level, kemendagri_code with dots, bps_code, name, parent; level "village" is a
kelurahan), EXTRA one per kelurahan (kemendagri_code, postal_code, centroid_lat, centroid_lng, area_km2). The shipped
city's came so from two works under the MIT licence (LICENSE.txt in its folder).
"""

import csv
import sys
from pathlib import Path

COLUMNS = ("code", "bps", "name", "kecamatan_code", "kecamatan", "postal", "latitude", "longitude", "area_km2")


def derive(wilayah: Path, extra: Path) -> list[dict[str, str]]:
    """One row per kelurahan, in code order. ValueError when there is none."""
    tree = {row["kemendagri_code"]: row for row in _read(wilayah)}
    details = {row["kemendagri_code"]: row for row in _read(extra)}
    rows = []
    for code, village in sorted(tree.items()):
        if village["level"] != "village":
            continue
        district, more = tree[village["parent"]], details[code]
        rows.append(
            {
                "code": code.replace(".", ""),
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
    if not rows:
        raise ValueError(f"{wilayah.name} holds no kelurahan (level village)")
    return rows


def main(arguments: list[str]) -> None:
    """Writes `areas.csv` into the city's folder."""
    wilayah, extra, folder = map(Path, arguments)
    with (folder / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(derive(wilayah, extra))


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main(sys.argv[1:])
