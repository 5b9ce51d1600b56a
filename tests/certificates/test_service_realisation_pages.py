"""The organiser's page of the certificat de réalisation: a form that is shown again, a look, who
changed what."""

import base64
import io
import re

import httpx
import pytest
from PIL import Image

from services.certificates.realisation import versions
from shared.base.clock import now
from tests.certificates.service_doubles import House, certified
from tests.certificates.test_service_realisation import SLUG, TYPED, facts_of, history, newest, of
from tests.certificates.visits import HERE

PAGE = f"{HERE}/realisation"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What pages read is tested on both databases with the service."""
    return sqlite_url


def form(**other: str) -> dict[str, str]:
    return {**TYPED, "paid_in": str(now().year), "revision": "0", "do": "save", **other}


def png(colour: str = "red") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(kept, "PNG")
    return kept.getvalue()


def test_it_is_filled_in_as_far_as_the_day_is_known(house: House, organiser: httpx.Client) -> None:
    house.issue(certified())
    page = organiser.get(PAGE).text
    for known in ("Alliance Villes Emploi", "Journée nationale", "Montreuil", ">2026<"):
        assert known in page
    assert "Save and issue" in page


def test_the_year_of_payment_is_asked_until_the_day_is_known(
    house: House, organiser: httpx.Client
) -> None:
    asked = '<option value="" selected>Choose a year</option>'
    assert asked in organiser.get(PAGE).text
    untouched = organiser.post(PAGE, data=form(paid_in=""))
    assert untouched.status_code == 422
    assert 'id="paid_in-error"' in untouched.text
    with house.database.begin() as connection:
        versions.add(
            connection, "another", facts_of(paid_in=str(now().year)), {}, None, wanted=True, by="o"
        )
        versions.copy(connection, SLUG, "another", now())
    assert asked in organiser.get(PAGE).text, "of a copy too"
    organiser.post(PAGE, data=form(revision=str(newest(house).number)))
    page = organiser.get(PAGE).text
    assert f"<option selected>{now().year}</option>" in page, "what was said stays"
    assert asked not in page


def test_what_was_typed_is_shown_again_with_field_and_rule(
    house: House, organiser: httpx.Client
) -> None:
    answer = organiser.post(
        PAGE, data=form(siret="732 829 320 00075", activity_number="12", provider="Ma <boîte>")
    )
    assert answer.status_code == 422
    assert "Ma &lt;boîte&gt;" in answer.text
    assert 'value="732 829 320 00075"' in answer.text
    assert 'href="#siret">SIRET</a>: Has fourteen digits' in answer.text
    assert 'href="#activity_number"' in answer.text
    assert 'id="siret-error"' in answer.text
    assert history(house) == []


def test_it_is_saved_issued_and_seen(house: House, organiser: httpx.Client) -> None:
    house.issue(certified())
    files = {"stamp": ("cachet rond.PNG", png(), "image/png")}
    answer = organiser.post(PAGE, data=form(paid_in="2026"), files=files)
    assert answer.headers["location"] == f"{PAGE}?done=saved"
    house.work()
    assert len(of(house)) == 1
    assert newest(house).pictures == {"stamp.png": png()}
    page = organiser.get(PAGE).text
    assert "o@example.org" in page
    assert "1 counts." in page
    assert "31 December 2029" in page
    assert organiser.get(f"{PAGE}/picture.png").content.startswith(b"\x89PNG")
    people = organiser.get(f"{HERE}?variant=realisation").text
    assert of(house)[0].code in people
    assert "/emails/people/r-1" in people, "it was sent too"


def test_a_look_is_a_pdf_and_keeps_nothing(house: House, organiser: httpx.Client) -> None:
    answer = organiser.post(PAGE, data=form(do="look"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert history(house) == []


def test_pictures_are_pictures_and_are_taken_away_again(
    house: House, organiser: httpx.Client
) -> None:
    for name, content in (("x.gif", b"GIF89a"), ("x.png", b"no picture"), ("x.svg", b"no")):
        answer = organiser.post(PAGE, data=form(), files={"logo": (name, content)})
        assert answer.status_code == 422
        assert 'id="logo-error"' in answer.text
    unreadable = organiser.post(
        PAGE, data=form(), files={"logo": ("x.png", png()[:40], "image/png")}
    )
    assert unreadable.status_code == 422
    assert "logo.png" in unreadable.text
    organiser.post(PAGE, data=form(), files={"logo": ("x.png", png())})
    number = newest(house).number
    organiser.post(PAGE, data=form(revision=str(number), nature="vae"))
    assert newest(house).pictures == {"logo.png": png()}, "kept while no other is chosen"
    organiser.post(PAGE, data=form(revision=str(newest(house).number), remove="logo"))
    assert newest(house).pictures == {}
    assert "Logo" in organiser.get(PAGE).text.partition("Who changed what")[2]


def test_pictures_travel_with_the_form_while_something_is_wrong(
    house: House, organiser: httpx.Client
) -> None:
    def kept(page: str) -> dict[str, str]:
        return dict(re.findall(r'name="(\w+-kept)" value="([^"]+)"', page))

    files = {"logo": ("x.png", png()), "stamp": ("x.PNG", png("blue"))}
    answer = organiser.post(PAGE, data=form(siret="1"), files=files)
    assert answer.status_code == 422
    assert answer.text.count("There is one; a new file replaces it.") == 2
    other = {"stamp": ("y.png", png("green"))}
    organiser.post(PAGE, data=form(**kept(answer.text)), files=other)
    assert newest(house).pictures == {"logo.png": png(), "stamp.png": png("green")}

    number = str(newest(house).number)
    refused = organiser.post(
        PAGE, data=form(revision=number, remove="logo"), files={"stamp": ("x.gif", b"GIF89a")}
    ).text
    assert refused.count("There is one; a new file replaces it.") == 1, "the stamp of before"
    again = form(revision=number) | {"remove": "logo"}
    assert '<input type="hidden" name="remove" value="logo">' in refused
    organiser.post(PAGE, data=again)
    assert newest(house).pictures == {"stamp.png": png("green")}


def test_a_picture_that_travelled_is_read_like_a_file(organiser: httpx.Client) -> None:
    for sent in ("?", ".png,?", ".gif,R0lG", ".png,R0lG"):
        answer = organiser.post(PAGE, data=form() | {"logo-kept": sent})
        assert answer.status_code == 422
        assert 'id="logo-error"' in answer.text


def test_a_large_picture_travels_too(house: House, organiser: httpx.Client) -> None:
    large = png() + bytes(1024 * 1024 - len(png()))
    sent = ".png," + base64.b64encode(large).decode()
    assert organiser.post(PAGE, data=form() | {"logo-kept": sent}).status_code == 303
    assert newest(house).pictures == {"logo.png": large}


def test_two_who_save_at_once_are_told(house: House, organiser: httpx.Client) -> None:
    organiser.post(PAGE, data=form())
    answer = organiser.post(PAGE, data=form(nature="bilan"))
    assert answer.status_code == 409
    assert "Somebody else has saved" in answer.text
    assert newest(house).facts.nature == "formation"
    assert f'name="revision" value="{newest(house).number}"' in answer.text


def test_who_revokes_one_reads_that_the_other_stays_and_nobody_is_told(
    house: House, organiser: httpx.Client
) -> None:
    house.issue(certified())
    day = house.record()
    one = organiser.get(f"/organiser/{SLUG}/certificates/of/{day.code}").text
    assert "not written to" in one
    assert "stays valid" not in one, "there is no other"
    organiser.post(PAGE, data=form())
    house.work()
    [beside] = of(house)
    for code, other in (
        (day.code, "The certificat de réalisation"),
        (beside.code, "The certificate"),
    ):
        page = organiser.get(f"/organiser/{SLUG}/certificates/of/{code}").text
        assert f"{other} of the same attendance stays valid" in page
    house.revoke(day.code)
    page = organiser.get(f"/organiser/{SLUG}/certificates/of/{beside.code}").text
    assert "stays valid" not in page


def test_whoever_checks_one_reads_what_it_says(
    house: House, organiser: httpx.Client, browser: httpx.Client
) -> None:
    house.issue(certified())
    organiser.post(PAGE, data=form())
    house.work()
    [old] = of(house)
    page = browser.get(f"/verify/{old.code}").text
    for said in ("Certificat de réalisation", "11 75 01234 56", "Alliance Villes Emploi"):
        assert said in page
    answer = browser.get(f"/api/certificates/{old.code}").json()
    assert (answer["kind"], answer["valid"]) == ("realisation", True)
    organiser.post(PAGE, data=form(revision=str(newest(house).number), nature="bilan"))
    house.work()
    page = browser.get(f"/verify/{old.code}").text
    notice = page.partition("<h1>")[2].partition("</div>")[0]
    assert "Le certificat de réalisation a été corrigé et remplacé" in notice
    assert "Demandez le certificat de réalisation à jour" in notice
    assert "attestation" not in notice
    assert "bilan de compétences" not in page, "what that one said"
    mine = browser.get(
        house.resources.links.page(of(house)[0]).removeprefix("https://emarge.example")
    )
    assert "Certificat de réalisation" in mine.text


def test_it_is_stopped(house: House, organiser: httpx.Client) -> None:
    organiser.post(PAGE, data=form())
    assert "None is out yet." in organiser.get(PAGE).text
    assert organiser.post(f"{PAGE}/stop").status_code == 303
    assert not newest(house).wanted
    assert "Not issued" in organiser.get(PAGE).text


def test_who_only_looks_changes_nothing(house: House, viewer: httpx.Client) -> None:
    assert viewer.post(PAGE, data=form()).status_code == 403
    page = viewer.get(PAGE).text
    assert "disabled" in page
    assert "Save and issue" not in page
    assert history(house) == []
