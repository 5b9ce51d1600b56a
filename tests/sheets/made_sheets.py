"""Sheets of invented people, difficult ones among them, for tests, judges and benches."""

import hashlib
import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.sheets.chain.entries import (
    Entry,
    author_of,
    first_previous,
    hash_of,
    new_salt,
    person_of,
    picture_of,
)
from services.sheets.pictures.strokes import Strokes
from services.sheets.sealing.facts import Correction, Countersignature, Facts, Row
from services.sheets.sealing.heading import Heading

STARTS = datetime(2019, 11, 7, 8, 0, tzinfo=UTC)
NAMES = (
    "Camille Martin",
    "Jean-Baptiste de La Rochefoucauld d’Estissac-Montgommery",
    "Zoé Łukasiewicz",
    "Αλεξάνδρα Παπαδοπούλου",
    "Екатерина Щербакова",
    "محمد عبد الله الفاسي",
    "שרה כהן-לוי",
    "山田太郎",
    "김민준",
    "Nguyễn Thị Minh Khai",
    "अमित शर्मा",
    "สมชาย ใจดี",
    "O’Brien 😀 Siobhán",
    "🎉",
    "Aleksandr Solženicyn (אלכס) 2e",
    "Anne",
)
ORGANISATIONS = (
    "Laboratoire d’informatique de Grenoble",
    "",
    "Hôpital Necker – Enfants malades",
    "جامعة محمد الخامس بالرباط",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "東京大学",
)
SOURCES = ("phone", "phone", "tablet", "phone", "paper", "host")


def drawn(seed: int, points: int = 90) -> Strokes:
    """Something like a signature, in three strokes."""
    chance = random.Random(seed)
    lines = []
    for stroke in range(3):
        phase, speed = chance.random() * 6, 0.25 + chance.random() / 2
        lines.append(
            tuple(
                (
                    int(500 + stroke * 2400 + step * 11000 / points * (1 + math.sin(step) / 9)),
                    int(5000 + 3900 * math.sin(phase + step * speed) * math.cos(step / 9)),
                )
                for step in range(points // 3)
            )
        )
    return Strokes(tuple(lines))


def row(number: int, names: tuple[str, ...] = NAMES) -> Row:
    """A person; every eighth is missing, every ninth confirmed by a button."""
    at = STARTS + timedelta(minutes=60, seconds=number * 7)
    person: dict[str, Any] = {
        "name": f"{names[number % len(names)]} {number}"
        if number % 5
        else names[number % len(names)],
        "organisation": ORGANISATIONS[number % len(ORGANISATIONS)],
    }
    if number % 8 == 7:
        return Row(**person)
    source = SOURCES[number % len(SOURCES)]
    return Row(
        **person,
        strokes=None if source == "paper" or number % 9 == 8 else drawn(number),
        signed_at=at,
        noted_at=at + timedelta(minutes=0 if source == "phone" else number % 4),
        source=source,
        transcriber="Jeanne Roy" if source == "paper" else "",
        arrived_at=at if number % 6 == 5 else None,
        left_at=at + timedelta(hours=1) if number % 10 == 9 else None,
    )


def facts(people: int = 80, locale: str = "fr", **changed: Any) -> Facts:
    """`changed` of them, or of their heading."""
    heading: dict[str, Any] = {
        "conference": "Journée nationale des développeurs – numérique et territoires",
        "organiser": "Association des développeurs de l’enseignement supérieur",
        "place": "Centre des congrès, 8 place de la République, Grenoble",
        "title": "Atelier 3 : Déployer sans crainte",
        "sessions": ("Atelier 3 : Déployer sans crainte",),
        "room": "Salle Belledonne",
        "starts_at": STARTS + timedelta(minutes=75),
        "ends_at": STARTS + timedelta(hours=4, minutes=15),
        "timezone": "Europe/Paris",
    }
    heading |= {name: changed.pop(name) for name in heading.keys() & changed.keys()}
    made: dict[str, Any] = {
        "heading": Heading(**heading),
        "hosts": ("Paul Durand",),
        "locale": locale,
        "code": "7XKM-A9RT-PC4H-W3GN",
        "verify_url": "https://emarge.example/sheets/verify/7XKM-A9RT-PC4H-W3GN",
        "seal": 1,
        "entries": people + 2,
        "head": hashlib.sha256(str(people).encode()).hexdigest(),
        "sealed_at": STARTS + timedelta(hours=9),
        "rows": tuple(row(number) for number in range(people)),
        "countersignatures": (
            Countersignature("Paul Durand", STARTS + timedelta(hours=5), drawn(4711)),
        ),
    }
    return Facts(**{**made, **changed})


def signed_entries(sheet_id: str, people: int = 80) -> list[Entry]:
    """A chain in which so many sign, each under salts of their own."""
    made: list[Entry] = []
    for number in range(1, people + 1):
        said, salt, author_salt = row(number), new_salt(), new_salt()
        at = STARTS + timedelta(minutes=60, seconds=number * 7)
        entry = Entry(
            sheet_id=sheet_id,
            number=number,
            kind="signed",
            registration_id=hashlib.sha256(said.name.encode()).hexdigest()[:32],
            at=at,
            noted_at=at,
            source="phone",
            actor_kind="person",
            said={},
            person=person_of(salt, said.name, said.organisation, ""),
            author=author_of(author_salt, said.name),
            picture=picture_of(salt, drawn(number).to_bytes()),
            previous=made[-1].hash if made else first_previous(sheet_id),
            hash="",
            key=new_salt(),
            salt=salt,
            name=said.name,
            organisation=said.organisation,
            author_salt=author_salt,
            actor=said.name,
            picture_id="drawn",
        )
        made.append(replace(entry, hash=hash_of(entry)))
    return made


def corrected(**changed: Any) -> Facts:
    """Sealed again: struck out, late, a wrong clock, erased."""
    rows = [row(number) for number in range(12)]
    at = STARTS + timedelta(days=2)
    rows[1] = Row("", "", erased=True, signed_at=at, noted_at=at, source="phone")
    rows[2] = Row("Zoé Łukasiewicz", "", struck=True)
    rows[3] = Row(
        "Ali Ben", "", strokes=drawn(3), signed_at=at - timedelta(days=2, hours=3), noted_at=at,
        source="tablet", late=True, marks=("clock", "elsewhere"),
    )  # fmt: skip
    return facts(
        seal=2,
        replaces="4HNM-RT79-XKAC-9WG3",
        rows=tuple(rows),
        corrections=(
            Correction(
                17,
                "struck",
                at,
                at,
                "Jeanne Roy",
                "Zoé Łukasiewicz",
                "A signé pour sa collègue, d'après l'animateur ; elle n'était pas là. " * 4,
            ),
            Correction(18, "signed", at - timedelta(days=2), at, "tablette 2", "Ali Ben", ""),
        ),
        **changed,
    )
