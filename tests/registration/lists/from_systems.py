"""What ticketing and registration systems export: their headings, their words for what has become
of somebody, their way to write a file."""

from tests.registration.lists.day import DAY, NUMBERED
from tests.registration.lists.shape import ALI, FRANCOIS, HELENE, MARC, ZOE, Shape
from tests.registration.lists.writers import text, xlsx

ACCUEIL, SANTE = DAY.sessions[1].title, DAY.sessions[4].title


def eventbrite() -> list[Shape]:
    old = (
        *("Order #", "Order Date", "First Name", "Last Name", "Email", "Quantity", "Price Tier"),
        *(
            "Ticket Type",
            "Attendee #",
            "Group",
            "Order Type",
            "Currency",
            "Total Paid",
            "Fees Paid",
        ),
        *("Eventbrite Fees", "Eventbrite Payment Processing", "Attendee Status", "Job Title"),
        "Company",
    )

    def line(person: tuple[str, ...], status: str) -> list[str]:
        first, last, address = person
        before = ["123", "2026-10-01 10:00:00+02:00", first, last, address, "1", "", "Free"]
        fees = ["456", "", "Free Order", "EUR", "0.00", "0.00", "0.00", "0.00"]
        return [*before, *fees, status, "Chargée de mission", "Mission locale"]

    lines = [old, line(ZOE, "Attending"), line(MARC, "Checked In"), line(ALI, "Not Attending")]
    new = (
        *("Order ID", "Order date", "Attendee first name", "Attendee last name", "Attendee email"),
        *("Phone number", "Purchaser city", "Event name", "Event ID", "Event start date"),
        *("Ticket quantity", "Ticket tier", "Ticket type", "Attendee #", "Attendee Status"),
        *("Buyer first name", "Buyer last name", "Buyer email"),
    )
    buyer = ("Paule", "Acheteuse", "paule@example.org")

    def bought(person: tuple[str, ...], status: str) -> list[str]:
        event = ["", "Paris", "Une journée", "789", "2026-11-07", "1", "", "Standard", "45", status]
        return ["123", "2026-10-01", *person, *event, *buyer]

    french = (
        *("Nº de commande", "Date de commande", "Prénom", "Nom de famille", "Adresse e-mail"),
        *("Quantité", "Type de billet", "Participant nº", "Statut du participant", "Société"),
    )
    words = (("Participe", ZOE), ("Enregistré", HELENE), ("Supprimé", ALI), ("Remboursé", MARC))
    rows = [
        ["1", "01/10/2026", *who, "1", "Gratuit", "9", said, "CNRS"] for said, who in words
    ]  # fmt: skip
    return [
        Shape("eventbrite", text(lines).encode(), (ZOE, MARC), {ALI[2]: "cancelled"}),
        Shape(
            "eventbrite with buyers",
            text([new, bought(ZOE, "Attending"), bought(HELENE, "Transferred")]).encode(),
            (ZOE,),
            {HELENE[2]: "cancelled"},
        ),
        Shape(
            "eventbrite in French",
            text([french, *rows]).encode("utf-8-sig"),
            (ZOE, HELENE),
            {ALI[2]: "cancelled", MARC[2]: "refunded"},
        ),
    ]


def pretix() -> list[Shape]:
    checkin = (
        *("Order code", "Attendee name", "Attendee name: Given name"),
        *("Attendee name: Family name", "Product", "Price", "Checked in", "Checked out"),
        *("Automatically checked in", "Secret", "E-mail", "Phone number", "Company"),
        *("Voucher code", "Order date", "Order time"),
    )

    def ticket(person: tuple[str, ...]) -> list[str]:
        first, last, address = person
        before = ["Q37NT", f"{first} {last}", first, last, "Conference", "0.00", "", "", "No"]
        return [*before, "k5x", address, "", "IT4I", "", "2026-10-01", "10:00:00"]

    positions = (
        *("Event slug", "Order code", "Position ID", "Status", "Email", "Phone number"),
        *("Order date", "Order time", "Product", "Variation", "Price", "Attendee name"),
        *("Attendee email", "Company", "Invoice address name", "Invoice address company"),
    )

    def position(person: tuple[str, ...], status: str) -> list[str]:
        first, last, address = person
        order = ["day", "Q37NT", "1", status, "orders@example.org", "", "2026-10-01", "10:00"]
        return [*order, "Conference", "", "0", f"{first} {last}", address, "", "Paul P", "ACME"]

    paid = [position(who, "paid") for who in (ZOE, HELENE, FRANCOIS)]
    french = (
        *("Code de commande", "Statut", "Nom du participant : Prénom"),
        *("Nom du participant : Nom de famille", "E-mail du participant", "Entreprise", "Produit"),
    )
    rows = [
        ["A1", "payée", *ZOE, "CNRS", "Billet"],
        ["A2", "en attente", *MARC, "", "Billet"],
        ["A3", "expirée", *ALI, "", "Billet"],
        ["A4", "annulée", *HELENE, "", "Billet"],
    ]
    expired = position(ALI, "expired")
    return [
        Shape(
            "pretix check-in list",
            text([checkin, *map(ticket, (ZOE, MARC, HELENE))], ";").encode(),
            (ZOE, MARC, HELENE),
        ),
        Shape(
            "pretix positions",
            xlsx([positions, *paid, position(MARC, "pending"), expired]),
            (ZOE, HELENE, FRANCOIS),
            {MARC[2]: "waiting", ALI[2]: "cancelled"},
        ),
        Shape(
            "pretix in French",
            text([french, *rows]).encode(),
            (ZOE,),
            {MARC[2]: "waiting", ALI[2]: "cancelled", HELENE[2]: "cancelled"},
        ),
    ]


def indico() -> list[Shape]:
    english = (
        *("ID", "Name", "Email Address", "Affiliation", "Position", "Title", "Phone Number"),
        *("First Name", "Last Name", "Registration date", "Registration state", "Checked in"),
    )

    def line(person: tuple[str, ...], state: str) -> list[str]:
        first, last, address = person
        middle = [address, "CERN", "Physicist", "Ms", ""]
        return ["7", f"{first} {last}", *middle, first, last, "2026-10-01T10:00", state, "No"]

    states = (("Complete", ZOE), ("Unpaid", MARC), ("Withdrawn", ALI), ("Rejected", HELENE))
    french = ("ID", "Nom", "Adresse email", "Affiliation", "Prénom", "Nom de famille", "État")
    rows = [
        ["1", "Zoé N'Diaye", ZOE[2], "", ZOE[0], ZOE[1], "Terminée"],
        ["2", "Ali Roy", ALI[2], "", ALI[0], ALI[1], "En attente"],
        ["3", "Hélène LEFÈVRE", HELENE[2], "", HELENE[0], HELENE[1], "Retirée"],
    ]
    return [
        Shape(
            "indico",
            text([english, *(line(who, state) for state, who in states)]).encode("utf-8-sig"),
            (ZOE,),
            {MARC[2]: "unpaid", ALI[2]: "cancelled", HELENE[2]: "declined"},
        ),
        Shape(
            "indico in French",
            xlsx([french, *rows]),
            (ZOE,),
            {ALI[2]: "waiting", HELENE[2]: "cancelled"},
        ),
    ]


def helloasso() -> list[Shape]:
    titles = (
        *("Référence commande", "Date de la commande", "Statut de la commande"),
        *("Nom participant", "Prénom participant", "Nom payeur", "Prénom payeur", "Email payeur"),
        *("Raison sociale", "Moyen de paiement", "Billet", "Numéro de billet", "Tarif"),
        *("Montant tarif", "Code Promo", "Montant code promo"),
    )

    def line(person: tuple[str, ...], status: str) -> list[str]:
        first, last, address = person
        order = ["172754126", "04/03/2026 14:25", status, last, first, "Payeur", "Paul", address]
        return [*order, "", "Carte bancaire", "https://…", "17", "Place", "85,00", "", ""]

    lines = [titles, line(ZOE, "Validé"), line(MARC, "Annulé"), line(HELENE, "Remboursé")]
    contact = [*titles, "Adresse mail du participant", "Quel atelier ?"]
    other = [
        contact,
        [*line(ZOE, "Validé")[:7], "payeur@example.org", *line(ZOE, "")[8:], ZOE[2], ACCUEIL],
        [*line(ALI, "Validé")[:7], "payeur@example.org", *line(ALI, "")[8:], ALI[2], SANTE],
    ]
    return [
        Shape(
            "helloasso",
            text(lines, ";").encode("utf-8-sig"),
            (ZOE,),
            {MARC[2]: "cancelled", HELENE[2]: "refunded"},
        ),
        Shape(
            "helloasso that asks for an address and a workshop",
            xlsx(other),
            ((*ZOE, "accueil"), (*ALI, "sante")),
        ),
    ]


def weezevent() -> list[Shape]:
    titles = (
        *("Code-barres", "Nom", "Prénom", "E-mail", "Tarif", "Date d'achat", "Statut", "Payé"),
        *("Nom acheteur", "Prénom acheteur", "E-mail acheteur", "Contrôlé"),
    )

    def line(person: tuple[str, ...], status: str, paid: str = "Oui") -> list[str]:
        first, last, address = person
        return [
            *("90071", last, first, address, "Atelier 2 – Orienter", "01/10/2026", status, paid),
            *("Durand", "Paule", "paule@example.org", "Non"),
        ]

    lines = [
        titles,
        line(ZOE, "Valide"),
        line(HELENE, "Valide", "Non"),
        line(ALI, "Désactivé"),
        line(MARC, "Valide"),
    ]
    english = ("Barcode", "Last name", "First name", "Email", "Rate", "Buyer's email", "Deleted")
    rows = [["1", who[1], who[0], who[2], "Full", "b@example.org", "No"] for who in (ZOE, ALI)]
    return [
        Shape(
            "weezevent",
            text(lines, ";").encode("cp1252"),
            ((*ZOE, "deux"), (*MARC, "deux")),
            {HELENE[2]: "unpaid", ALI[2]: "cancelled"},
            conference=NUMBERED,
        ),
        Shape("weezevent in English", text([english, *rows], ";").encode(), (ZOE, ALI)),
    ]


def billetweb() -> list[Shape]:
    titles = (
        *("#", "Billet", "Nom", "Prénom", "Email", "Code barre", "Prix", "Commande", "Date"),
        *("Payé", "Utilisé", "Désactivé", "Nom commande", "Prénom commande", "Email commande"),
    )

    def line(person: tuple[str, ...], paid: str, off: str) -> list[str]:
        first, last, address = person
        before = ["1", "Plein tarif", last, first, address, "9", "10", "C1", "2026-10-01"]
        return [*before, paid, "Non", off, "Durand", "Paule", "paule@example.org"]

    lines = [titles, line(ZOE, "Oui", "Non"), line(ALI, "Oui", "Oui"), line(MARC, "Non", "Non")]
    names = (
        *("id", "barcode", "used", "name", "firstname", "email", "ticket", "order_name"),
        *("order_firstname", "order_email", "order_paid", "disabled"),
    )
    order = ("Durand", "Paule", "paule@example.org", "1")
    rows = [
        ["1", "9", "0", ZOE[1], ZOE[0], ZOE[2], "Plein", *order, "0"],
        ["2", "8", "0", HELENE[1], HELENE[0], HELENE[2], "Plein", *order, "0"],
        ["3", "7", "0", ALI[1], ALI[0], ALI[2], "Plein", *order, "1"],
    ]
    held = {ALI[2]: "cancelled", MARC[2]: "unpaid"}
    return [
        Shape("billetweb", text(lines, ";").encode("utf-8-sig"), (ZOE,), held),
        Shape(
            "billetweb by its programme",
            text([names, *rows]).encode(),
            (ZOE, HELENE),
            {ALI[2]: "cancelled"},
        ),
    ]


def luma() -> list[Shape]:
    titles = (
        *("api_id", "name", "first_name", "last_name", "email", "phone_number", "created_at"),
        *("approval_status", "checked_in_at", "custom_source", "qr_code_url", "amount"),
        *("currency", "coupon_code", "eth_address", "ticket_type_id", "ticket_name"),
        "What company do you work for?",
    )

    def line(person: tuple[str, ...], status: str) -> list[str]:
        first, last, address = person
        after = ["", "", "https://lu.ma/check-in/x", "€0.00", "eur", "", "", "t", "Standard"]
        before = ["gst-1", f"{first} {last}", first, last, address, "", "2026-10-01T10:00:00Z"]
        return [*before, status, *after, "CNRS"]

    said = (("approved", ZOE), ("declined", ALI), ("pending_approval", MARC), ("waitlist", HELENE))
    held = {ALI[2]: "declined", MARC[2]: "waiting", HELENE[2]: "waiting"}
    alone = [("name", "email", "approval_status")]
    alone += [(f"{w[0]} {w[1]}", w[2], "approved") for w in (ZOE, HELENE, ALI, FRANCOIS)]
    return [
        Shape("luma", text([titles, *(line(who, s) for s, who in said)]).encode(), (ZOE,), held),
        Shape("luma with whole names alone", text(alone).encode(), (ZOE, HELENE, ALI, FRANCOIS)),
    ]


def systems() -> list[Shape]:
    every = (eventbrite, pretix, indico, helloasso, weezevent, billetweb, luma)
    return [shape for system in every for shape in system()]
