"""Registering with colleagues on a phone: what is typed about one person is never another's, and is
there until it is sent."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from services.registration.editing.capacity import set_capacity
from tests.system.browser.place import PHONE, SLUG, Place

FORM = f"/c/{SLUG}/register"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="fr-FR", has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def person(page: Page, number: int) -> Locator:
    return page.locator("section.person").nth(number)


def fill(page: Page, number: int, name: str, *chosen: str) -> None:
    part = person(page, number)
    part.get_by_label("Prénom").fill(name)
    part.get_by_label("Nom", exact=True).fill("Martin")
    part.get_by_label("Adresse e-mail").fill(f"{name.lower()}@example.org")
    part.get_by_label("Fonction").fill(f"Fonction de {name}")
    for each in chosen:
        part.get_by_label(each).check()


def add(page: Page) -> None:
    page.get_by_role("button", name="Ajouter un collègue").click()


def ticked(part: Locator) -> list[str]:
    titles = part.locator(".choice:has(:checked) strong").all_inner_texts()
    plain = [title.replace("\N{NO-BREAK SPACE}", " ") for title in titles]
    return [title.partition(" :")[0].partition(" à bord")[0] for title in plain]


def shown(page: Page) -> list[tuple[str, str, list[str]]]:
    """Of each person the first name, what they do, and what is ticked."""
    return [
        (
            part.locator("[name$=first_name]").input_value(),
            part.locator("[name$=job_title]").input_value(),
            ticked(part),
        )
        for part in page.locator("section.person").all()
    ]


def three(page: Page, place: Place) -> None:
    page.goto(f"{place.url}{FORM}")
    fill(page, 0, "Anne", "Atelier 1")
    add(page)
    fill(page, 1, "Bruno", "Atelier 2", "Cocktail déjeunatoire")
    add(page)
    fill(page, 2, "Chloé", "Atelier 3", "Soirée festive")


ANNE = ("Anne", "Fonction de Anne", ["Atelier 1"])
BRUNO = ("Bruno", "Fonction de Bruno", ["Atelier 2", "Cocktail déjeunatoire"])
CHLOE = ("Chloé", "Fonction de Chloé", ["Atelier 3", "Soirée festive"])


def test_whoever_stays_keeps_what_is_theirs(phone: Page, place: Place) -> None:
    three(phone, place)
    person(phone, 1).get_by_role("button", name="Retirer cette personne").click()
    expect(phone.locator("section.person")).to_have_count(2)
    assert shown(phone) == [ANNE, CHLOE]
    add(phone)
    expect(phone.locator("section.person")).to_have_count(3)
    assert shown(phone) == [ANNE, CHLOE, ("", "", [])]


def test_whoever_was_refused_has_nothing_of_the_others(phone: Page, place: Place) -> None:
    set_capacity(place.desk, SLUG, "atelier-3", 1)
    three(phone, place)
    place.registered(1, "atelier-3")  # while they were typing
    phone.get_by_role("checkbox", name="J’accepte").check()
    phone.get_by_role("button", name="Inscrire 3 personnes").last.click()
    expect(phone.get_by_role("status")).to_contain_text("Anne Martin, Bruno Martin")
    assert shown(phone) == [("Chloé", "Fonction de Chloé", ["Soirée festive"])]
    line = person(phone, 0).locator(".instead")
    expect(line).to_contain_text("Libre à la même heure")
    line.get_by_text("Atelier 5").click()
    expect(line).to_be_hidden()
    assert shown(phone) == [("Chloé", "Fonction de Chloé", ["Atelier 5", "Soirée festive"])]
    phone.get_by_role("button", name="S’inscrire").last.click()
    expect(phone.get_by_role("status")).to_contain_text("2 collègues sont inscrits également")
    expect(phone.get_by_text("Anne Martin")).to_be_visible()


def test_a_colleague_is_typed_at_once(phone: Page, place: Place) -> None:
    phone.goto(f"{place.url}{FORM}")
    fill(phone, 0, "Anne")
    person(phone, 0).get_by_label("Organisme").fill("Ville")
    add(phone)
    expect(person(phone, 1).get_by_label("Prénom")).to_be_focused()
    expect(person(phone, 1).get_by_label("Prénom")).to_be_in_viewport()
    expect(person(phone, 1).get_by_label("Organisme")).to_have_value("Ville")


def test_another_language_and_back_keep_everybody(phone: Page, place: Place) -> None:
    three(phone, place)
    phone.get_by_role("link", name="English").click()
    expect(phone.get_by_role("button", name="Add a colleague")).to_be_visible()
    phone.get_by_role("link", name="Français").click()
    expect(phone.get_by_role("button", name="Ajouter un collègue")).to_be_visible()
    assert shown(phone) == [ANNE, BRUNO, CHLOE]
    for _ in range(4):  # to the form for two, and to that for one
        phone.go_back()
        expect(phone.locator("section.person")).to_have_count(3)
        assert [who for who, *_ in shown(phone)] == ["Anne", "Bruno", "Chloé"]
    phone.goto(f"{place.url}/c/{SLUG}?lang=fr")
    phone.get_by_role("link", name="S’inscrire", exact=True).click()
    expect(phone.locator("section.person")).to_have_count(3)
    assert shown(phone) == [ANNE, BRUNO, CHLOE]


def test_nothing_asks_to_send_again(phone: Page, place: Place) -> None:
    """Each page was got, none is the answer to a form: the browser has nothing to send again."""
    sent: list[str] = []
    phone.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    phone.goto(f"{place.url}{FORM}")
    fill(phone, 0, "Anne")
    phone.get_by_role("button", name="S’inscrire").last.click()
    expect(phone.get_by_role("alert")).to_contain_text("Choisissez un atelier")
    assert len(sent) == 1
    phone.reload()
    expect(phone.get_by_role("alert")).to_contain_text("Choisissez un atelier")
    phone.get_by_role("link", name="Journée nationale").first.click()
    phone.go_back()
    expect(phone.get_by_label("Prénom")).to_have_value("Anne")
    assert len(sent) == 1


def test_places_in_the_form_are_live(phone: Page, place: Place) -> None:
    for session in ("atelier-4", "cocktail"):
        set_capacity(place.desk, SLUG, session, 2)
    place.registered(1, "atelier-4", "cocktail")
    phone.goto(f"{place.url}{FORM}?session=atelier-4")
    chosen, lunch = (
        phone.locator(f"label.choice[data-marks={each}]") for each in ("atelier-4", "cocktail")
    )
    expect(lunch).to_contain_text("1 place libre")
    line = phone.locator(".instead")
    expect(line).to_be_hidden()
    place.registered(2, "atelier-4", "cocktail")
    place.board.recount(SLUG)
    expect(chosen).to_contain_text("Complet")
    expect(lunch).to_contain_text("Complet")
    expect(line).to_contain_text("Il n’y a plus de place dans Atelier 4")
    line.get_by_text("Atelier 5").click()
    expect(phone.get_by_role("radio", name="Atelier 5")).to_be_checked()
    expect(line).to_be_hidden()


def test_one_is_held_while_another_is_waited_for(phone: Page, place: Place) -> None:
    set_capacity(place.desk, SLUG, "atelier-4", 1)
    set_capacity(place.desk, SLUG, "atelier-3", 1)
    place.registered(1, "atelier-4")
    place.registered(2, "atelier-3")
    phone.goto(f"{place.url}{FORM}?session=atelier-4")
    waits = phone.get_by_role("checkbox", name="Atelier 4")
    expect(waits).not_to_be_checked()
    fill(phone, 0, "Anne", "Atelier 5")
    phone.get_by_role("checkbox", name="Atelier 3").check()
    waits.check()
    expect(phone.get_by_role("checkbox", name="Atelier 3")).not_to_be_checked()
    phone.get_by_role("checkbox", name="J’accepte").check()
    phone.get_by_role("button", name="S’inscrire").last.click()
    expect(phone.get_by_role("status")).to_contain_text("Votre inscription est confirmée")
    day = phone.locator(".agenda")
    expect(day).to_contain_text("N° 1 en liste d’attente")
    expect(day).to_contain_text("Atelier 5")


def test_a_colleague_is_registered_by_who_asks(phone: Page, place: Place) -> None:
    phone.goto(f"{place.url}{FORM}")
    fill(phone, 0, "Anne", "Atelier 1")
    person(phone, 0).get_by_label("Organisme").fill("Ville")
    phone.get_by_role("checkbox", name="J’accepte").check()
    phone.get_by_role("button", name="S’inscrire").last.click()
    phone.get_by_role("link", name="Inscrire un collègue").click()
    expect(phone.locator("main")).to_contain_text("Anne Martin l’a inscrite")
    expect(phone.get_by_label("Organisme")).to_have_value("Ville")
    expect(phone.get_by_label("Prénom")).to_have_value("")
    fill(phone, 0, "Bruno", "Atelier 2")
    phone.get_by_role("checkbox", name="J’accepte").check()
    phone.get_by_role("button", name="S’inscrire").last.click()
    expect(phone.get_by_role("status")).to_contain_text("1 collègue est inscrit également")
    expect(phone.get_by_text("Anne Martin")).to_be_visible()
    with place.desk.database.read() as connection:
        query = "SELECT registered_by FROM registration WHERE first_name = 'Bruno'"
        assert connection.exec_driver_sql(query).scalar_one() == "Anne Martin"
