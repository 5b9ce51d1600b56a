"""The shipped certificat de réalisation: the ministry's words, on one page, the fast way."""

import html
import io
import itertools
import json
import re
import subprocess
from collections.abc import Iterator

import pikepdf
import pypdfium2
import pytest

from services.certificates.engine import (
    DEFAULT_FOLDER,
    Action,
    Compiled,
    Template,
    Values,
    check,
    compile_template,
    context,
    prove,
    sample,
)
from services.certificates.engine.adversaries import adversaries
from services.certificates.engine.phrases import NATURES
from services.certificates.realisation.facts import LONGEST
from tests.certificates.engine import pdf_structure

FOLDER = DEFAULT_FOLDER.parent / "realisation"
MODEL = (
    "Je soussigné(e)",
    "représentant(e) légal(e) du dispensateur",
    "de l’action concourant au développement des compétences",
    "atteste que",
    "salarié(e) de l’entreprise",
    "a suivi l’action",
    "Nature de l’action concourant au développement des compétences",
    "action de formation",
    "bilan de compétences",
    "action de validation des acquis de l’expérience",
    "action de formation par apprentissage",
    "qui s’est déroulée",
    "pour une durée",
    "je m’engage à conserver l’ensemble des pièces justificatives",
    "à compter de la fin de l’année du dernier paiement",
    "En cas de cofinancement des fonds européens",
    "Cachet et signature du responsable du dispensateur de formation",
)


@pytest.fixture(scope="module")
def realisation() -> Template:
    return Template.from_folder(FOLDER)


@pytest.fixture(scope="module")
def made(realisation, press) -> Compiled:
    return compile_template(realisation, (sample("day", "fr"), sample("day", "en")), press)


def certified(locale="fr", minutes=345, **facts: object) -> Values:
    values = sample("realisation", locale)
    assert isinstance(values.action, Action)
    action = values.action.model_copy(update=facts)
    return values.model_copy(update={"action": action, "minutes": minutes})


def text_of(pdf: bytes) -> str:
    command = ["pdftotext", "-layout", "-", "-"]
    read = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())


def test_nothing_is_wrong_with_it(realisation, press):
    assert check(realisation, press) == []


def test_both_ways_are_the_same_for_whoever_is_difficult(realisation, press):
    proof = prove(compile_template(realisation, (sample(), sample(locale="en")), press), press)
    assert proof.mismatches == ()
    assert proof.compared >= 30


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_it_says_what_the_ministrys_model_says(made, signer, locale):
    made.render(certified(locale), signer)
    rendered = made.render(certified(locale), signer)  # its shape is known
    assert rendered.path == "fast", rendered.reason
    said = text_of(rendered.pdf)
    together = re.sub(r"\W+", "", said)
    missing = [words for words in MODEL if not _is_in(words, said, together)]
    assert missing == []
    for fact in (
        "Association des villes innovantes",
        "11 75 01234 56",
        "732 829 320 00074",
        "Hélène Œuvrard",
        "Zoë Ñandú-D’Été",
        "le 7 mai 2026",
        "en présentiel",
        "5 h 45",
        "soit 5,75 heures",
        "Fait à Montreuil, le 7 mai 2026",
    ):
        assert fact in said, fact
    assert ("certify that" in said) is (locale == "en"), "French by law, told in English"
    pdf_structure.check_structure(rendered.pdf)


def _is_in(words: str, said: str, together: str) -> bool:
    """In one piece, or word by word where columns stand beside each other."""
    return words in said or all(re.sub(r"\W+", "", word) in together for word in words.split())


@pytest.mark.parametrize("years", [3, 6, 10])
def test_it_promises_as_long_as_the_facts_say(made, years):
    said = text_of(made.render(certified(kept_years=years), None).pdf)
    assert f"pendant une durée de {years} ans" in said


@pytest.mark.parametrize("nature", ["formation", "bilan", "vae", "apprentissage"])
def test_one_nature_is_ticked_for_eyes_and_for_ears(made, nature):
    values = certified(nature=nature)
    with pikepdf.open(io.BytesIO(made.render(values, None).pdf)) as pdf:
        told = [alt for alt in figures(pdf.Root.StructTreeRoot) if alt in ("Oui :", "Non :")]
    listed = ["formation", "bilan", "vae", "apprentissage"]
    assert told == ["Oui :" if each == nature else "Non :" for each in listed]
    chosen = [each["name"] for each in context(values)["action"]["natures"] if each["chosen"]]
    assert chosen == [NATURES[nature]]


def figures(element) -> Iterator[str]:
    """What is read out for each picture, in the order in which it is read."""
    if element.get("/S") == "/Figure":
        yield str(element.get("/Alt"))
    below = element.get("/K", [])
    for each in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(each, pikepdf.Dictionary):
            yield from figures(each)


def test_whoever_it_is_for_it_is_one_page(made):
    people = [(person, values) for person, values in adversaries() if values.holder.isascii()]
    pages = {person: pages_of(made.render_full(values, None).pdf) for person, values in people}
    assert set(pages.values()) == {1}, pages


def pages_of(pdf: bytes) -> int:
    read = pypdfium2.PdfDocument(pdf)
    try:
        return len(read)
    finally:
        read.close()


def test_no_fact_of_any_length_is_printed_over_another(made):
    """As long as the form takes them; and the second page says whose it is."""
    words = "Centre d’études appliquées "
    longest = {name: (words * 20)[:most] for name, most in LONGEST.items() if name in ACTION}
    pdf = made.render_full(certified(**longest), None).pdf
    pages = [words_of(page) for page in pages_told(pdf)]
    assert len(pages) == 2
    for page in pages:
        over = [(a, b) for (a, x), (b, y) in itertools.combinations(page, 2) if meet(x, y)]
        assert over == []
    first, second = (" ".join(word for word, _ in page) for page in pages)
    assert second.endswith("Zoë Ñandú-D’Été · 2/2")
    assert "1/2" not in first


Box = tuple[float, ...]
ACTION = ("provider", "title", "representative", "representative_title", "signed_at")


def pages_told(pdf: bytes) -> list[str]:
    command = ["pdftotext", "-bbox", "-", "-"]
    read = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return read.split("</page>")[:-1]


def words_of(page: str) -> list[tuple[str, Box]]:
    """Each word with its left, top, right and bottom, in points."""
    found = re.findall(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.+?)<', page)
    return [(html.unescape(word), tuple(map(float, box))) for *box, word in found]


def meet(one: Box, other: Box) -> bool:
    """By more than lines close to each other do: a fifth of a word's height."""
    slack = (one[3] - one[1]) / 5
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > 0 and min(one[3], other[3]) - max(one[1], other[1]) > slack


def test_the_facts_are_attached_for_machines(made):
    values = certified(siret="")
    with pikepdf.open(io.BytesIO(made.render(values, None).pdf)) as pdf:
        data = json.loads(pdf.Root.AF[0].EF.F.read_bytes())
    assert data["kind"] == "realisation"
    assert data["action"]["nature"] == "formation"
    assert data["action"]["activity_number"] == "11 75 01234 56"
    day = context(sample())
    assert day["document"] == "Attestation de présence"
