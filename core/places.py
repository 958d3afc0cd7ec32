"""Where help is: the places nearest to a commune or a point, and what kind was asked for."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from core.content.tables import Commune, Place, Tables
from core.people.consent import plain

EARTH_KM = 6371.0
NEAR_KM = 5.0
REACH_KM = 60.0

# How people name each kind of place; compared with core.people.consent.plain.
KIND_WORDS = {
    "france_services": ("france services", "france service", "maison france"),
    "mairie": ("mairie", "town hall", "ayuntamiento", "belediye"),
    "fablab": ("fablab", "fab lab", "imprimante 3d"),
    "tiers_lieu": ("tiers lieu", "tiers lieux", "tierslieu", "coworking"),
    "mediatheque": ("mediatheque", "bibliotheque", "library", "biblioteca", "kutuphane"),
    "centre_social": ("centre social", "centres sociaux", "maison de quartier", "csc"),
    "conseiller_numerique": (
        "conseiller num",
        "conseillers num",
        "conseillere num",
        "mediateur num",
    ),
}


@dataclass(frozen=True)
class Near:
    """A place and how far it is, in kilometres as the crow flies."""

    place: Place
    km: float


def kind_asked(text: str) -> str | None:
    """The kind of place that *text* names, if any."""
    words = plain(text)
    return next(
        (kind for kind, names in KIND_WORDS.items() if any(name in words for name in names)), None
    )


def nearest(
    tables: Tables, point: tuple[float, float], kind: str | None = None, most: int = 3
) -> list[Near]:
    """At most *most* places of *kind* (any when None) around *point*, the nearest first.

    *point* is (latitude, longitude); what is over 60 km away helps nobody, and is left out.
    """
    fitting = [place for place in tables.places if kind is None or kind in place.kinds]
    around = [near for near in _measured(tables, point, fitting) if near.km <= REACH_KM]
    return sorted(around, key=lambda near: near.km)[:most]


def _measured(
    tables: Tables, point: tuple[float, float], places: Iterable[Place]
) -> Iterable[Near]:
    for place in places:
        commune = tables.by_commune.get(place.commune)
        if commune is not None:
            yield Near(place, distance(point, where(commune)))


def nearest_commune(tables: Tables, point: tuple[float, float]) -> Commune:
    """The commune whose town hall is nearest to *point*. ValueError without any commune."""
    return min(tables.communes, key=lambda commune: distance(point, where(commune)))


def where(commune: Commune) -> tuple[float, float]:
    return commune.latitude, commune.longitude


def distance(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Kilometres between two (latitude, longitude) points in degrees (haversine)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (start, end))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(half))
