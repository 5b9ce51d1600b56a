"""Addresses that were probably mistyped are asked about, once; the others are left alone."""

import pytest

from services.registration.base.mistyped import KNOWN, meant


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("GMIAL.COM", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("gmail.fr", "gmail.com"),
        ("hotmial.fr", "hotmail.fr"),
        ("hotmail.cm", "hotmail.com"),
        ("orange.f", "orange.fr"),
        ("ornage.fr", "orange.fr"),
        ("wanado.fr", "wanadoo.fr"),
        ("wanadoo.frr", "wanadoo.fr"),
        ("yaho.fr", "yahoo.fr"),
        ("laposte.com", "laposte.net"),
        ("sfr.f", "sfr.fr"),
        ("ville-lyon.f", "ville-lyon.fr"),
    ],
)
def test_a_slip_is_seen(typed: str, likely: str) -> None:
    assert meant(f"Zoé.Roy@{typed}") == f"Zoé.Roy@{likely}"


@pytest.mark.parametrize(
    "domain",
    [
        *KNOWN,
        "ville-montreuil.fr",
        "olive.fr",
        "ac-lyon.fr",
        "orange.cm",
        "mel.fr",
        "straße.example",
        "example.org",
        "",
    ],
)
def test_what_may_be_right_is_not_asked_about(domain: str) -> None:
    assert meant(f"zoe@{domain}") is None


def test_what_is_no_address_is_another_s_affair() -> None:
    assert meant("gmial.com") is None
    assert meant("") is None
