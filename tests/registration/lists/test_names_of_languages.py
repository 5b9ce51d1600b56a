"""Names of many languages, in files that say what they are written in, ask nothing."""

from collections.abc import Sequence

import pytest

from services.registration.lists.columns import guess_columns
from services.registration.lists.finding import find_table
from services.registration.lists.people import Listed, people
from tests.registration.lists.day import DAY
from tests.registration.lists.writers import Line, xlsx

# First and last names, in pairs.
NAMES = {
    "Irish": "Seán Ó Súilleabháin, Siobhán Ní Dhómhnaill, Pádraig Ó hÉalaithe, Róisín Ó hÓgáin",
    "Spanish": "Íñigo Hernández, Tomás Ibáñez, Iván Núñez, Begoña Agüero, Óscar Peña",
    "Portuguese": "João Simões, Luís Magalhães, Conceição Araújo, Inês Gonçalves, Antônio Falcão",
    "Catalan": "Núria Gal·la, Jordi Puigcercós, Òscar Bañeres",
    "Italian": "Niccolò Dalmò, Nicolò Papà, Pietro DeÀngelis",
    "German": "Jürgen Strauß, Jörg GROßMANN, Käthe Öztürk, Änne Überall",
    "Scandinavian": "Åse Ørsted, Pål Bråten, Søren Brøgger, Malmö Åberg, Jørn Sæther, Sámi Ánte",
    "Icelandic": "Þór Ólafsson, Guðrún Ýmir, Sæþór Æsir, Björk Guðmundsdóttir, Davíð Þorláksson",
    "Finnish, Estonian": "Päivi Hämäläinen, Õie Kõiv, Jüri Ööbik, Mäd Ääre",
    "Hungarian": "Zoltán Győri, Ödön Szűcs, Gergő Őze, Ágnes Kovács, Lőrinc Vörös",
    "Czech, Slovak": "Ján Kováč, Jiří Dvořák, Tomáš Šťastný, Ľubomír Ďurica, Žofie Čapková",
    "Polish": "Żaneta Łukasiewicz, Michał Wróbel, Święta Gęś, Małgorzata Ćwikła, Źdź Ośka",
    "South Slavic": "Željko Šćepanović, Đorđe Đoković, Čedomir Žižek, Ðorđe Hadžić",
    "Romanian": "Ștefan Țăranu, Ştefan Ţurcanu, Ionuț Brâncuși, Nicolae Ceaușescu",
    "Turkish": "Özgür Yıldız, Gülşen Ünal, İbrahim Çağlar, Işıl Kılıç, Şule ŞAHİN, Ümit Öğüt",
    "Vietnamese": "Thị Hồng Đặng, Văn A Nguyễn, Minh Ánh Trần, Aloÿs Lý, Đỗ Võ, Hà Ngô, Vũ Lê",
    "Baltic": "Jūratė Žukauskienė, Jānis Bērziņš, Ģirts Ķēniņš, Šarūnas Ąžuolas",
    "Maltese, Welsh": "Ġorġ Ħaż, Siân Llŷr, Żeppi Għawdxija, Tŵm Ŵyn",
    "Yoruba, Igbo": "Adébáyọ̀ Ọláwálé, Ṣẹ́gun Ẹ̀kọ́, Chịnẹ́dụ Ọkáfọ̀",
    "Maori, Hawaiian": "Tāne Māhuta, Kēhau Kaʻōpua, Māui Tūwhare",
    "Arabic, transliterated": "Ṣāliḥ Ḥusayn, Ġāzī Ṭāhā, ʿAlī Saʿīd",
    "French": "Aïssatou N’Diaye, Loÿs D’Haÿ, Ç. DELAHAYE, Ÿves LE BÂTARD, Gaëlle Hôpital",
    "Mixed": "Jean‑Marc Noël, Aoífe McÉvoy, NOËLLE CÔTÉ, Ragnheiður O’Néill",
}
PAIRS = [tuple(pair.strip().split(" ", 1)) for each in NAMES.values() for pair in each.split(",")]
MISREAD = (("René", "Lefèvre"), ("Siobhán", "Müller"), ("Paweł", "Şahin"), ("Željko", "Čapek"))


def as_csv(encoding: str, pairs: Sequence[tuple[str, ...]]) -> bytes:
    lines = [f"{last};{first};a{n}@example.org" for n, (first, last) in enumerate(pairs)]
    return "\n".join(("Nom;Prénom;Courriel", *lines)).encode(encoding)


def as_workbook(_encoding: str, pairs: Sequence[tuple[str, ...]]) -> bytes:
    rows: list[Line] = [["Nom", "Prénom", "Courriel"]]
    rows += [[last, first, f"a{n}@example.org"] for n, (first, last) in enumerate(pairs)]
    return xlsx(rows)


WAYS = [(as_csv, "utf-8"), (as_csv, "utf-8-sig"), (as_csv, "utf-16"), (as_workbook, "")]


def listed(content: bytes) -> list[Listed]:
    table = find_table(content)
    return people(table, guess_columns(table, DAY), DAY)


@pytest.mark.parametrize(("write", "encoding"), WAYS)
def test_names_of_many_languages_ask_nothing(write, encoding: str) -> None:
    assert len(PAIRS) * 2 >= 60
    assert len(NAMES) >= 15
    rows = listed(write(encoding, PAIRS))
    asked = [(doubt.written, doubt.readings) for row in rows for doubt in row.doubts]
    assert asked == []
    names = [(row.given["person"]["first_name"], row.given["person"]["last_name"]) for row in rows]
    assert len(names) == len(PAIRS)


@pytest.mark.parametrize(("write", "encoding"), WAYS)
@pytest.mark.parametrize("pair", MISREAD)
def test_what_is_surely_misread_is_found_there_too(write, encoding: str, pair) -> None:
    seen = tuple(name.encode().decode("cp1252", "ignore") for name in pair)
    [row] = listed(write(encoding, [seen]))
    assert {doubt.field for doubt in row.doubts} == {"first_name", "last_name"}
    assert row.doubts[0].readings[0] == {"last_name": pair[1]}


def test_the_first_reading_of_a_name_that_can_be_one_is_as_written() -> None:
    pairs = [("Ren‚", "Petit"), ("Seán", "Hernández"), ("Ján", "Durand")]
    rows = listed(as_csv("utf-8", pairs))
    assert rows[0].given["person"]["first_name"] == "René"
    for (first, last), row in zip(pairs[1:], rows[1:], strict=True):
        person = row.given["person"]
        assert (person["first_name"], person["last_name"]) == (first, last)
