"""What a list says has become of a registration, in the words of the systems that write such lists,
French and English."""

import re
from dataclasses import dataclass
from typing import Literal

from services.registration.lists.table import words_of
from services.registration.lists.vocabulary import word_set
from shared.words.folding import folded

Standing = Literal["registered", "waiting", "unpaid", "cancelled", "declined", "refunded"]

# In this order: "waiting for payment" is unpaid before it is waiting. Words are told by how they
# begin.
_BEGINNINGS: dict[Standing, tuple[str, ...]] = {
    "refunded": ("rembours", "refund", "chargeback", "credite"),
    "cancelled": (
        *("annul", "cancel", "supprim", "delete", "withdr", "retir", "desist", "expir"),
        *("transfer", "void", "desactiv", "disabled", "ne participe pas"),
        *("ne participera pas", "ne vien", "abandon", "removed", "archiv", "desinscri"),
        *("unsubscri", "unregister", "no longer", "not attend"),
    ),
    "declined": (
        *("declin", "refus", "reject", "rejet", "not going", "can t", "cannot"),
        *("ne peut pas", "denied", "non retenu", "non inscrit", "not registered", "pas inscrit"),
        *("no show", "absent", "excuse", "ne souhaite pas", "n ira pas", "non$", "no$"),
    ),
    "unpaid": (
        *("non paye", "unpaid", "impaye", "not paid", "a payer", "a regler", "non regle"),
        *("attente de paiement", "attente de regl", "attente paiement", "attente regl"),
        *("awaiting payment", "payment pending", "payment due", "payment required"),
        *("payment failed", "pending payment", "paiement en attente", "paiement refus"),
        *("paiement echou", "to pay", "overdue"),
    ),
    "waiting": (
        *("attente", "attend une place", "wait", "pending", "en cours", "a valider"),
        *("a confirmer", "a approuver", "non confirm", "non valid", "not confirmed"),
        *("unconfirmed", "not approved", "to be approved", "tentative", "maybe", "peut etre"),
        *("interess", "interested", "invite", "draft", "brouillon", "incompl", "not yet"),
        *(
            "not answered",
            "no response",
            "no reply",
            "sans reponse",
            "pas de reponse",
            "non repondu",
        ),
        *("pas encore", "needs action", "moderation", "standby", "on hold", "surnombre"),
    ),
    "registered": (
        *("confirm", "valid", "approv", "approuv", "attend", "paid", "paye", "complet"),
        *("inscri", "regist", "going", "check", "accept", "ok", "activ", "actif", "present"),
        *("participe", "termin", "enregistr", "free", "gratuit", "process", "traite"),
        *("success", "reussi", "issued", "emis", "oui", "yes", "venu", "pointe", "scanne"),
        *("utilis", "used", "booked", "reserve", "regle", "encaiss", "acquitte", "placed"),
        *("claimed", "sold", "vendu"),
    ),
}
_RULES = {
    standing: re.compile(rf"\b(?:{'|'.join(beginnings)})")
    for standing, beginnings in _BEGINNINGS.items()
}
_DENIED = re.compile(
    r"\b(?:non|not|pas|jamais|never|un)\s+(?:encore\s+)?"
    r"(?:annul|cancel|rembours|refund|refus|declin|expir|supprim|delet|desactiv|disabled|rejet)"
)

_YES = word_set("x oui yes 1 true vrai ok o y ✓ ✔ ☑ ✅ √ on si ja inscrit inscrite choisi")
_FIRST_WORD = re.compile(r"^(oui|yes|non|no)\b.*", re.DOTALL)
_NO = word_set("non no 0 false faux n - – — off ✗ ✘ ☐ ❌ neant aucun none")


@dataclass(frozen=True)
class Status:
    """What the list says, below which heading, and what it means; None when nobody knows."""

    written: str
    standing: Standing | None
    heading: str = ""

    @property
    def holds_back(self) -> bool:
        """Whether the person is listed only, and registered when an organiser says so."""
        return self.standing not in ("registered", None)


def standing_of(written: str) -> Standing | None:
    words = " ".join(words_of(written))
    if _DENIED.search(words):
        return "registered"
    return next((standing for standing, rule in _RULES.items() if rule.search(words)), None)


def says_yes(cell: str) -> bool | None:
    """Of a cell to tick; None for what is neither yes nor no."""
    said = folded(cell).strip(" .!\n")
    word = said if said in _YES | _NO else _FIRST_WORD.sub(r"\1", said)
    if word in _YES:
        return True
    return False if not word or word in _NO else None
