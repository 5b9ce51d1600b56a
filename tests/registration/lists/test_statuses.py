"""Words of every system for what has become of a registration."""

import pytest

from services.registration.lists.statuses import says_yes, standing_of

SAID = {
    "registered": (
        *("Attending", "Checked In", "Participe", "Enregistré", "confirmed", "Confirmé", "paid"),
        *("Payé", "payée", "Complete", "Terminée", "Validé", "valide", "approved", "Approuvé"),
        *("Accepté", "Inscrit", "Actif", "OK", "Gratuit", "Oui", "not cancelled", "non annulé"),
    ),
    "cancelled": (
        *("Annulé", "ANNULÉE", "Cancelled", "canceled", "Not Attending", "Ne participe pas"),
        *("Deleted", "Supprimé", "Transferred", "expired", "expirée", "Withdrawn", "Retirée"),
        *("Désactivé", "Désinscrit", "Abandon"),
    ),
    "declined": ("declined", "Décliné", "Refusé", "Rejected", "Rejetée", "Not going", "Non"),
    "refunded": ("Refunded", "Remboursé", "Partiellement remboursé", "partially refunded"),
    "waiting": (
        *("En attente", "Waitlisted", "waitlist", "Liste d'attente", "pending", "pending_approval"),
        *("À valider", "À confirmer", "Non confirmé", "invited", "Brouillon", "incomplet", "maybe"),
    ),
    "unpaid": (
        *("Non payé", "Unpaid", "impayé", "not paid", "À payer", "En attente de paiement"),
        *("awaiting payment", "payment pending", "Non réglée"),
    ),
    None: ("VIP", "Salarié", "Étudiante", "", "42"),
}


@pytest.mark.parametrize(
    ("written", "standing"),
    [(word, standing) for standing, words in SAID.items() for word in words],
)
def test_a_status_is_understood(written: str, standing: str | None) -> None:
    assert standing_of(written) == standing


@pytest.mark.parametrize(
    ("cell", "yes"),
    [(cell, True) for cell in ("x", "X", "oui", "Yes", "1", "TRUE", "Vrai", "✓", " o ")]
    + [(cell, False) for cell in ("", "non", "No", "0", "FALSE", "faux", "-")]
    + [(cell, None) for cell in ("peut-être", "2", "Atelier 1")],
)
def test_a_cell_to_tick(cell: str, yes: bool | None) -> None:
    assert says_yes(cell) is yes
