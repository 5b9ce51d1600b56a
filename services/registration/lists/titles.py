"""What a column may be called, and what it then says: French and English, ours and others'.

A title is looked at as words. The more it says, the more it counts: "last name" before "name", and
somebody else's, as the payer's, after the person's own.
"""

import re
from dataclasses import dataclass
from typing import Literal

from services.registration.lists.table import words_of
from services.registration.lists.vocabulary import word_set

Field = Literal[
    "last_name",
    "first_name",
    "full_name",
    "email",
    "organisation",
    "job_title",
    "language",
    "sessions",
    "waiting_for",
    "status",
    "paid",
    "cancelled",
]

# Each line is a set of words that a title must have, the line that says most first.
_WORDS: dict[Field, tuple[str, ...]] = {
    "full_name": (
        "nom prenom",
        "noms prenoms",
        "nom prenoms",
        "first last name",
        "first name surname",
        "full name",
        "fullname",
        "nom complet",
        "display name",
        "identite",
    ),
    "first_name": (
        "first name",
        "given name",
        "prenom",
        "prenoms",
        "firstname",
        "forename",
        "givenname",
        "vorname",
        "nombre",
    ),
    "last_name": (
        "last name",
        "family name",
        "nom famille",
        "nom usage",
        "nom usuel",
        "surname",
        "lastname",
        "patronyme",
        "nom naissance",
        "nachname",
        "familienname",
        "apellidos",
        "apellido",
        "cognome",
    ),
    "email": (
        "e mail",
        "email",
        "mail",
        "courriel",
        "adresse electronique",
        "mel",
        "e mails",
        "emails",
        "mails",
        "courriels",
    ),
    "organisation": (
        "organisation",
        "organization",
        "organisme",
        "structure",
        "employeur",
        "employer",
        "company",
        "entreprise",
        "societe",
        "affiliation",
        "etablissement",
        "institution",
        "raison sociale",
        "association",
        "collectivite",
    ),
    "job_title": (
        "job title",
        "titre poste",
        "intitule poste",
        "fonction",
        "poste",
        "job",
        "profession",
        "metier",
        "position",
    ),
    "language": ("language", "langue", "locale", "lang"),
    "waiting_for": (
        "waiting for",
        "liste attente",
        "listes attente",
        "en attente de",
        "waitlist",
        "waiting list",
        "attend une place",
    ),
    "sessions": (
        "ateliers",
        "atelier",
        "workshops",
        "workshop",
        "sessions",
        "session",
        "seances",
        "seance",
        "ws",
    ),
    "paid": ("paye", "paid", "payee", "regle", "order paid", "commande payee"),
    "cancelled": (
        "desactive",
        "disabled",
        "annule",
        "annulee",
        "annulation",
        "cancelled",
        "canceled",
        "cancellation",
        "rembourse",
        "remboursement",
        "refunded",
    ),
    "status": (
        "statut inscription",
        "etat inscription",
        "registration state",
        "registration status",
        "attendee status",
        "statut participant",
        "approval status",
        "statut",
        "status",
        "etat",
        "state",
    ),
}
# Read when nothing says it better: "nom" beside a first name, "name" alone.
_GENERAL: dict[Field, tuple[str, ...]] = {
    "status": (
        *("rsvp", "participera", "viendra", "confirme", "confirmee", "confirmed", "confirmation"),
        *("participation", "accepte"),
    ),
    "last_name": ("nom", "noms"),
    "full_name": ("name", "names", "participant", "participants", "attendee", "invite", "guest"),
}
_SOMEBODY_ELSE = word_set(
    "payeur acheteur acheteuse buyer payer purchaser billing facturation invoice facture parent "
    "emetteur responsable manager referent tuteur urgence emergency accompagnant by par commande "
    "order contact n1 superieur hierarchique"
)
_THEIR_OWN = word_set(
    "attendee participant participante participants invite guest stagiaire inscrit"
)
_OF_A_PERSON = ("last_name", "first_name", "full_name", "email", "organisation", "job_title")
# Beside these, a word says something else: a date of payment, a number of workshops, consent.
_ABOUT: dict[Field, frozenset[str]] = {
    "email": word_set("envoye envoi sent newsletter consent consentement opt recevoir"),
    "paid": word_set("date amount montant total fees type moyen at le mode"),
    "cancelled": word_set("montant amount motif reason policy conditions fees frais"),
    "status": word_set("civil marital matrimonial juridique professionnel country pays"),
    "sessions": word_set(
        "attended suivi suivis suivies suivie id date satisfaction 2e 3e second deuxieme nombre "
        "nb number count combien many"
    ),
    "organisation": word_set("address adresse type taille secteur size ville"),
    "last_name": word_set(
        "structure entreprise organisme societe organisation company jeune fille"
    ),
    "full_name": word_set(
        "structure entreprise organisme societe organisation company ticket event user product "
        "code coupon file atelier workshop session table animal evenement id numero number nombre "
        "address adresse email phone telephone accompagne since date status statut type"
    ),
    "job_title": word_set("id number numero"),
}
_FEW = 3  # words
_ASIDE = re.compile(r"\([^()]*\)|\*")


@dataclass(frozen=True)
class Meaning:
    """What a title says: `strength` tells which of two columns says it better; 0 is the least."""

    field: Field
    strength: int


def meanings(title: str) -> tuple[Meaning, ...]:
    """What a column of this title may hold, the likeliest first; none when nobody knows."""
    said = _words(_ASIDE.sub(" ", title))
    after = title.rpartition(":")[2].strip()
    found = _meanings(_words(after)) if after and after != title.strip() else ()
    # "Attendee name: Given name" is what stands behind the colon.
    return found or _meanings(said) or _meanings(_words(title))


def _meanings(words: tuple[str, ...]) -> tuple[Meaning, ...]:
    have = frozenset(words)
    found = []
    for strong, vocabulary in ((40, _WORDS), (20, _GENERAL)):
        for field, lines in vocabulary.items():
            if have & _ABOUT.get(field, frozenset()):
                continue
            if field == "status" and vocabulary is _GENERAL and len(words) > _FEW:
                continue  # coming to something, not to the day
            for place, line in enumerate(lines):
                wanted = line.split()
                if have.issuperset(wanted):
                    strength = strong + 10 * len(wanted) - place - len(words)
                    if field in _OF_A_PERSON and have & _SOMEBODY_ELSE:
                        strength -= 60
                    elif field in _OF_A_PERSON and have & _THEIR_OWN:
                        strength += 15
                    found.append(Meaning(field, strength))
                    break
    return tuple(sorted(found, key=lambda meaning: -meaning.strength))


def _words(title: str) -> tuple[str, ...]:
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title)
    return tuple(words_of(split))
