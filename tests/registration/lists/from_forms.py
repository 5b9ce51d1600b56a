"""What forms give: questions as headings, choices in one cell, a column a choice, a grid."""

from tests.registration.lists.day import DAY, NUMBERED
from tests.registration.lists.shape import ALI, FRANCOIS, HELENE, MARC, ZOE, Shape
from tests.registration.lists.writers import ods, text, xlsx

ACCUEIL, DROITS, NUMERIQUE, SANTE, JEUNES = (session.title for session in DAY.sessions[1:6])
WHEN = "2026/10/01 10:00:00 AM UTC+2"


def google() -> list[Shape]:
    french = (
        *(
            "Horodateur",
            "Adresse e-mail",
            "Votre nom de famille",
            "Votre prénom",
            "Votre structure",
        ),
        *("À quels ateliers souhaitez-vous participer ?", "Avez-vous des allergies ?"),
    )
    rows = [
        [WHEN, ZOE[2], ZOE[1], ZOE[0], "Mission locale", f"{ACCUEIL}, {SANTE}", "Non"],
        [WHEN, HELENE[2], HELENE[1], HELENE[0], "CNRS", f"{DROITS}, {JEUNES}", "Noix, lait"],
        [WHEN, ALI[2], ALI[1], ALI[0], "", JEUNES, ""],
    ]
    people = ((*ZOE, "accueil", "sante"), (*HELENE, "droits", "jeunes"), (*ALI, "jeunes"))
    english = ("Timestamp", "Email Address", "Full name", "Which workshops would you like?")
    named = [
        [WHEN, ZOE[2], "Zoé N'Diaye", f"{ACCUEIL};{SANTE}"],
        [WHEN, FRANCOIS[2], "François Prévôt", NUMERIQUE],
        [WHEN, ALI[2], "Ali Roy", JEUNES],
    ]
    slots = (
        *("Timestamp", "Username", "First name", "Surname", "Morning workshop"),
        *("Afternoon workshop", "Anything else?"),
    )
    each = [
        [WHEN, ZOE[2], ZOE[0], ZOE[1], ACCUEIL, SANTE, ""],
        [WHEN, MARC[2], MARC[0], MARC[1], NUMERIQUE, "", "En retard"],
    ]
    grid = (
        *("Horodateur", "Nom", "Prénom", "Courriel"),
        *(f"Ateliers [{title}]" for title in (ACCUEIL, NUMERIQUE, SANTE)),
    )
    ticked = [
        [WHEN, ZOE[1], ZOE[0], ZOE[2], "Oui", "", "Oui"],
        [WHEN, ALI[1], ALI[0], ALI[2], "Non", "Oui", "Non"],
    ]
    return [
        Shape("google forms in French", text([french, *rows]).encode(), people),
        Shape(
            "google forms in English",
            text([english, *named]).encode(),
            ((*ZOE, "accueil", "sante"), (*FRANCOIS, "numerique"), (*ALI, "jeunes")),
        ),
        Shape(
            "a column for each slot",
            text([slots, *each]).encode(),
            ((*ZOE, "accueil", "sante"), (*MARC, "numerique")),
        ),
        Shape(
            "a grid of workshops",
            xlsx([grid, *ticked]),
            ((*ZOE, "accueil", "sante"), (*ALI, "numerique")),
        ),
    ]


def choices() -> list[Shape]:
    head = ("Nom", "Prénom", "Courriel")
    rows = [[ZOE[1], ZOE[0], ZOE[2]], [ALI[1], ALI[0], ALI[2]]]

    def with_cells(*titles: str, cells: list[list[str]]) -> list[list[str]]:
        lines = [row + more for row, more in zip(rows, cells, strict=True)]
        return [[*head, *titles], *lines]

    lines = with_cells("Ateliers", cells=[[f"{ACCUEIL}\n{SANTE}"], [f"{DROITS}\n\n{JEUNES}\n"]])
    several = ((*ZOE, "accueil", "sante"), (*ALI, "droits", "jeunes"))
    loose = with_cells(
        "Atelier choisi",
        cells=[["ATELIER 2 : droits; recours, que faire?"], ['les jeunes "invisibles"']],
    )
    numbers = with_cells(
        "Atelier du matin", "Atelier de l'après-midi", cells=[["Atelier 1", "4"], ["2", "WS 3"]]
    )
    together = with_cells("Ateliers", cells=[["1 et 3"], ["Atelier 2 + Atelier 4"]])
    placed = with_cells("Ateliers", cells=[["1 et 4"], ["Atelier 2 + Atelier 5"]])
    ticks = with_cells(*(ACCUEIL, DROITS, SANTE), cells=[["x", "", "X"], ["", "1", "VRAI"]])
    booleans = [[*line[:3], *map(bool, line[3:])] for line in ticks[1:]]
    party = with_cells("Viendrez-vous à la soirée ?", cells=[["Oui, à deux"], ["Non"]])
    short = with_cells("Sessions", cells=[["accueil; sante"], ["soiree"]])
    dashed = with_cells(
        "Choix", cells=[["Santé au travail - agir tôt"], ["Le numerique et l'emploi"]]
    )
    long = with_cells(
        "Atelier", cells=[["14h – Santé au travail – agir tôt (salle B)"], [NUMERIQUE[:18]]]
    )
    one_two = ((*ZOE, "un", "quatre"), (*ALI, "deux", "trois"))
    return [
        Shape("choices on lines of a cell", xlsx(lines), several),
        Shape("choices on lines of a quoted cell", text(lines, ";").encode(), several),
        Shape("choices on paragraphs of a cell", ods(("Feuille1", lines)), several),
        Shape(
            "titles as people type them", text(loose).encode(), ((*ZOE, "droits"), (*ALI, "jeunes"))
        ),
        Shape("workshops by number", text(numbers).encode(), one_two, conference=NUMBERED),
        Shape(
            "two numbers in a cell",
            text(together).encode(),
            ((*ZOE, "un", "trois"), (*ALI, "deux", "quatre")),
            conference=NUMBERED,
        ),
        Shape(
            "workshops by their place",
            text(placed).encode(),
            ((*ZOE, "accueil", "sante"), (*ALI, "droits", "jeunes")),
        ),
        Shape(
            "columns to tick",
            text(ticks, ";").encode(),
            ((*ZOE, "accueil", "sante"), (*ALI, "droits", "sante")),
        ),
        Shape(
            "columns of TRUE and FALSE",
            xlsx([ticks[0], *booleans]),
            ((*ZOE, "accueil", "sante"), (*ALI, "droits", "sante")),
        ),
        Shape(
            "a question about the party",
            text(party).encode(),
            ((*ZOE, "soiree"), ALI),
        ),
        Shape(
            "workshops by short name",
            text(short).encode(),
            ((*ZOE, "accueil", "sante"), (*ALI, "soiree")),
        ),
        Shape(
            "workshops under any heading",
            text(dashed).encode(),
            ((*ZOE, "sante"), (*ALI, "numerique")),
        ),
        Shape(
            "titles with more and with less",
            text(long).encode(),
            ((*ZOE, "sante"), (*ALI, "numerique")),
        ),
    ]


def forms() -> list[Shape]:
    return [*google(), *choices()]
