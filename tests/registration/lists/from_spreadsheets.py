"""What people keep by hand: titles above the list, merged cells, filters, other sheets; and what
their programs make of letters, separators and ends of lines."""

import datetime as dt
import unicodedata

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.registration.lists.day import DAY
from tests.registration.lists.shape import ALI, EVERYONE, FRANCOIS, HELENE, MARC, ZOE, Shape
from tests.registration.lists.writers import Line, ods, saved, text, xlsx

HEAD = ("Nom", "Prénom", "Courriel")
ROWS = [[last, first, address] for first, last, address in EVERYONE]
LIST: list[Line] = [HEAD, *ROWS]
ACCUEIL = DAY.sessions[1].title


def letters() -> list[Shape]:
    semicolons = text(LIST, ";")
    encodings = {
        "utf-8": "utf-8",
        "utf-8 with a mark": "utf-8-sig",
        "utf-16 with a mark": "utf-16",
        "utf-16, little end first": "utf-16-le",
        "utf-16, big end first": "utf-16-be",
        "windows": "cp1252",
        "dos": "cp850",
        "mac": "mac_roman",
    }
    return [
        Shape(f"letters of {name}", semicolons.encode(encoding), EVERYONE)
        for name, encoding in encodings.items()
    ]


def texts() -> list[Shape]:
    titles = [["Inscriptions à la journée du 7 novembre", "", ""], ["", "", ""], ["Total : 5"], []]
    broken = ["Nom\nde famille", "Prénom,\nou prénoms", "Courriel\n(obligatoire)"]
    whole = [[f"{who[0]} {who[1]}", "CNRS", who[2]] for who in (ZOE, HELENE, ALI)]
    quoted = [*broken[:2], "Courriel, obligatoire", "Atelier ; un seul"]
    return [
        Shape("sep= line", ("sep=;\r\n" + text(LIST, ";")).encode("utf-8-sig"), EVERYONE),
        Shape("sep= line with a comma", ("sep=,\n" + text(LIST)).encode("cp1252"), EVERYONE),
        Shape("CR ends", text(LIST, ";", "\r").encode("mac_roman"), EVERYONE),
        Shape("LF ends", text(LIST, end="\n").encode(), EVERYONE),
        Shape("tabs", text(LIST, "\t").encode("utf-16"), EVERYONE),
        Shape(
            "letters and accents apart, as a Mac writes them",
            unicodedata.normalize("NFD", text(LIST)).encode(),
            EVERYONE,
        ),
        Shape(
            "whole lines between quotation marks",
            "\n".join(f'"{",".join(map(str, line))}"' for line in LIST).encode(),
            EVERYONE,
        ),
        Shape("a page that is called .xls", _page().encode("cp1252"), EVERYONE),
        Shape("bars", text(LIST, "|").encode(), EVERYONE),
        Shape("titles and blank lines above", text([*titles, *LIST], ";").encode(), EVERYONE),
        Shape(
            "headings with breaks and separators",
            text([quoted, *([*row, ACCUEIL] for row in ROWS)], ";").encode("cp1252"),
            tuple((*person, "accueil") for person in EVERYONE),
        ),
        Shape(
            "blank lines between, a blank column, blanks around",
            text(
                [
                    HEAD,
                    [],
                    [f"  {ROWS[0][0]} ", "Zoé\N{NO-BREAK SPACE}", f" {ZOE[2]}\u200b"],
                    [],
                    ROWS[4],
                ]
            ).encode(),
            (ZOE, ALI),
        ),
        Shape(
            "everything between quotation marks",
            "\n".join(";".join(f'"{cell}"' for cell in line) for line in LIST).encode("cp1252"),
            EVERYONE,
        ),
        Shape(
            "no headings, addresses that tell the names",
            text([[a[1], a[0], a[2]] for a in (HELENE, ALI)]).encode(),
            (HELENE, ALI),
        ),
        Shape(
            "no headings, nothing that tells the names",
            text([[a[1], a[0], a[2]] for a in (ZOE, FRANCOIS)]).encode(),
            (ZOE, FRANCOIS),
            by_hand={0: "last_name", 1: "first_name"},
        ),
        Shape(
            "whole names under another heading",
            text([("Contact", "Structure", "Mél"), *whole], ";").encode(),
            (ZOE, HELENE, ALI),
        ),
        Shape(
            "headings of another language",
            text([("Nazwisko", "Imię", "E-mail"), *ROWS], ";").encode(),
            EVERYONE,
        ),
    ]


def _page() -> str:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in ROWS)
    heads = "".join(f"<th><b>{title}</b></th>" for title in HEAD)
    return f"<html><body><table border=1><tr>{heads}</tr>{rows}</table></body></html>"


def workbooks() -> list[Shape]:
    visible = (EVERYONE[0], EVERYONE[2], EVERYONE[4])
    return [
        Shape("xlsx", xlsx(LIST), EVERYONE),
        Shape("a merged title", xlsx(LIST, _merged_title), EVERYONE),
        Shape("headings on two merged lines", xlsx(LIST, _two_lines), EVERYONE),
        Shape(
            "a workshop merged over rows",
            xlsx(LIST, _merged_column),
            tuple((*person, "accueil") for person in EVERYONE),
        ),
        Shape("filtered rows", xlsx(LIST, _filtered), visible),
        Shape("numbers and dates", xlsx(LIST, _typed), EVERYONE),
        Shape("breaks in cells", xlsx(LIST, _broken), EVERYONE),
        Shape("a list that begins at C4", xlsx(LIST, _shifted), EVERYONE),
        Shape("lines that were never taken apart", xlsx([], _in_one_column), EVERYONE),
        Shape("the list on another sheet", _on_another_sheet(), EVERYONE),
        Shape("the list behind a hidden sheet", _behind_a_hidden_one(), EVERYONE),
        Shape("ods", ods(("Feuille1", LIST)), EVERYONE),
        Shape("ods, filtered", ods(("Feuille1", LIST), filtered=(3, 5)), visible),
        Shape(
            "ods behind a hidden sheet",
            ods(("Vieux", [HEAD, ("X", "Y", "old@example.org")]), ("Liste", LIST), hidden="Vieux"),
            EVERYONE,
        ),
    ]


def _merged_title(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Liste des inscrits, mise à jour le 3"
    sheet.merge_cells("A1:C1")


def _two_lines(sheet: Worksheet) -> None:
    sheet.insert_rows(1)
    sheet["A1"], sheet["C1"] = "Identité", "Courriel"
    sheet["C2"] = None
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:C2")


def _merged_column(sheet: Worksheet) -> None:
    sheet["D1"] = "Ateliers"
    sheet["D2"] = ACCUEIL
    sheet.merge_cells("D2:D6")


def _filtered(sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A1:C6"
    for row in (3, 5):
        sheet.row_dimensions[row].hidden = True


def _typed(sheet: Worksheet) -> None:
    for row, number in enumerate((12.0, 33612345678, 1.5, True, dt.date(2026, 1, 2)), start=2):
        sheet.cell(row, 4, number)
    sheet["D1"] = "Divers"


def _broken(sheet: Worksheet) -> None:
    sheet["A2"], sheet["B2"] = "N'Diaye\n", "\nZoé"
    sheet["B3"] = "Jean-Marc"
    sheet["A3"] = "Le\nGoff"


def _shifted(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 3)
    sheet.insert_cols(1, 2)


def _in_one_column(sheet: Worksheet) -> None:
    sheet.delete_rows(1, 10)
    for line in LIST:
        sheet.append([";".join(map(str, line))])


def _on_another_sheet() -> bytes:
    book = Workbook()
    first = book.active
    assert first is not None
    first.append(["Mode d'emploi"])
    first.append(["Les inscrits sont sur la feuille suivante. Nom de la salle : Dune"])
    second = book.create_sheet("Inscrits")
    for line in LIST:
        second.append(list(line))
    return saved(book)


def _behind_a_hidden_one() -> bytes:
    book = Workbook()
    first = book.active
    assert first is not None
    first.sheet_state = "hidden"
    second = book.create_sheet("Inscrits")
    for line in LIST:
        second.append(list(line))
        first.append(["ancien", "vieux", "vieux@example.org"] if line is not HEAD else list(line))
    book.active = 1
    return saved(book)


def names() -> list[Shape]:
    wrong = [
        HEAD,
        ["LEFÔVRE", "Ren‚", "rene@example.org"],
        ["Durand", "RenÃ©", "durand@example.org"],
        ["#REF!", "Camille", "camille@example.org"],
        ["Petit", "#N/A", "petit@example.org"],
        ["TRUE", "Léa", "lea@example.org"],
        ["Dupont 2", "Luc", "luc@example.org"],
        ["12", "Noé", "noe@example.org"],
        ["jean@example.org", "Jean", "jean@example.org"],
        ["Roy", "Ali", ALI[2]],
    ]
    likely = {
        "rene@example.org": "René LEFÈVRE",
        "durand@example.org": "René Durand",
        "lea@example.org": "Léa TRUE",
        "luc@example.org": "Luc Dupont 2",
    }
    hopeless = frozenset(f"{who}@example.org" for who in ("camille", "petit", "noe", "jean"))
    whole = [
        ("Participant", "Mail"),
        ("DUPONT Jean", "a@example.org"),
        ("Anne-Marie LE GOFF", "b@example.org"),
        ("Martin, Paul", "c@example.org"),
        ("Mme Jeanne MOREL", "d@example.org"),
        ("Camille Lefort", "camille.lefort@example.org"),
        ("Kouassi Aya", "e@example.org"),
        ("Cher", "f@example.org"),
    ]
    apart = (
        ("Jean", "DUPONT", "a@example.org"),
        ("Anne-Marie", "LE GOFF", "b@example.org"),
        ("Paul", "Martin", "c@example.org"),
        ("Jeanne", "MOREL", "d@example.org"),
        ("Camille", "Lefort", "camille.lefort@example.org"),
    )
    unclear = {"e@example.org": "Aya Kouassi", "f@example.org": "Cher"}
    three = [
        ("name", "first_name", "last_name", "email"),
        ("Jean Dupont", "Jean", "Dupont", "a@example.org"),
        ("Ali Roy", "Ali", "Roy", ALI[2]),
    ]
    beside = [
        ("Nom complet", "Prénom", "Mél"),
        ("DUPONT Jean", "Jean", "a@example.org"),
        ("Le Goff Anne", "Anne", "b@example.org"),
    ]
    statuses = [
        (*HEAD, "Statut"),
        *(
            [*row, said]
            for row, said in zip(
                ROWS, ("Confirmé", "Annulé", "declined", "Refunded", "En attente"), strict=True
            )
        ),
        ["Petit", "Luc", "luc@example.org", "VIP"],
    ]
    held = {MARC[2]: "cancelled", HELENE[2]: "declined", FRANCOIS[2]: "refunded", ALI[2]: "waiting"}
    return [
        Shape("names that went wrong", text(wrong).encode(), (ALI,), {}, likely, hopeless),
        Shape("whole names", text(whole).encode(), apart, {}, unclear),
        Shape(
            "a name beside its parts",
            text(three).encode(),
            (("Jean", "Dupont", "a@example.org"), ALI),
        ),
        Shape(
            "a whole name beside the first",
            xlsx(beside),
            (("Jean", "DUPONT", "a@example.org"), ("Anne", "Le Goff", "b@example.org")),
        ),
        Shape(
            "what has become of people",
            text(statuses).encode(),
            (ZOE,),
            held,
            {"luc@example.org": "Luc Petit"},
        ),
    ]


def spreadsheets() -> list[Shape]:
    return [*letters(), *texts(), *workbooks(), *names()]
