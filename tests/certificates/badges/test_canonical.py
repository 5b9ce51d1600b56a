"""The filled canonical form is the one that a JSON-LD processor makes of the whole document."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld.jsonld import JsonLdError

from services.certificates.badges import canonical as module
from services.certificates.badges import processor
from services.certificates.badges.canonical import FORMS, canonical
from services.certificates.badges.credential import credential
from services.certificates.base.links import Links
from services.certificates.base.minting import Mint
from services.certificates.base.records import Record
from services.certificates.issuing import certifying
from tests.certificates.badges.kept_forms import forms
from tests.certificates.service_doubles import PUBLIC_URL, certified

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
LIKE_ADDRESSES = st.sampled_from(
    ["https://a.example/b", "urn:emarge-token:0", "emarge-token:1", "_:c14n0", "did:x", '"<>\\']
)


def record(name: str, organisation: str) -> Record:
    event = certified(first_name=name, organisation=organisation)
    return certifying.of_attendance(event, Mint(b"secret"), workshops=False)[0]


def document_of(name: str, organisation: str = "x") -> dict[str, Any]:
    return credential(record(name, organisation), Links(PUBLIC_URL), "did:web:x", 7, "json")


@settings(max_examples=60, deadline=None)
@given(name=TEXTS | LIKE_ADDRESSES)
def test_it_is_the_processors(name: str) -> None:
    document = document_of(name)
    assert canonical(document) == processor.processed(document)


def test_more_than_one_blank_node_goes_through_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    two = document_of("Zoë")
    people = two["credentialSubject"]["identifier"]
    people.append(people[0] | {"identityHash": "Second"})
    whole: list[object] = []
    real = processor.processed

    def noted(document: Any) -> str:
        whole.append(document)
        return real(document)

    monkeypatch.setattr(processor, "processed", noted)
    assert canonical(two) == real(two)
    assert whole[-1] == two


def test_nothing_is_fetched() -> None:
    with pytest.raises(JsonLdError) as refused:
        canonical({"@context": ["https://elsewhere.example/context"], "id": "urn:x"})
    causes, error = [], refused.value
    while error is not None:
        causes.append(type(error))
        error = error.__cause__ or error.__context__
    assert KeyError in causes, "ours has no such document; a loader that fetches fails otherwise"


def test_what_is_kept_is_what_the_processor_says() -> None:
    """Else: python -m tests.certificates.badges.kept_forms"""
    assert json.loads(FORMS.read_text()) == forms()


def test_nobody_s_badge_needs_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes 15 MB in each worker, and more time than all the rest."""
    statements = processor.processed(document_of("Zoë"))

    def refused(_document: object) -> str:
        raise AssertionError("the processor was asked")

    monkeypatch.setattr(processor, "processed", refused)
    module._form.cache_clear()  # noqa: SLF001  what earlier tests have learnt
    assert canonical(document_of("Zoë")) == statements


def test_every_word_is_in_the_contexts() -> None:
    """A word that no context defines is left out of what is signed, or stands for a base."""
    statements = canonical(document_of("Zoë"))
    assert "example.org/base" not in statements
    for said in ("Zoë Ñandú", "Atelier 1", "Certificate", "revocation", "contact@example.org"):
        assert said in statements
