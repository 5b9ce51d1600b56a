"""Words and typography of both languages."""

from datetime import UTC, datetime, timedelta

import pytest
import segno
from pydantic import ValidationError

from services.certificates.engine import phrases, sample
from shared.documents import qr

THIN = "\u202f"


@pytest.mark.parametrize(
    ("minutes", "french", "english"),
    [
        (0, f"0{THIN}min", f"0{THIN}min"),
        (45, f"45{THIN}min", f"45{THIN}min"),
        (60, f"1{THIN}h", f"1{THIN}h"),
        (195, f"3{THIN}h{THIN}15", f"3{THIN}h 15{THIN}min"),
        (605, f"10{THIN}h{THIN}05", f"10{THIN}h 5{THIN}min"),
    ],
)
def test_durations(minutes, french, english):
    assert phrases.duration(minutes, "fr") == french
    assert phrases.duration(minutes, "en") == english


def test_times_are_those_of_the_conference():
    """10:15 in Paris in winter is 09:15 UTC."""
    start = datetime(2019, 11, 7, 9, 15, tzinfo=UTC)
    values = sample(session_count=1)
    session = values.sessions[0].model_copy(
        update={"starts_at": start, "ends_at": start + timedelta(hours=3)}
    )
    french = phrases.context(values.model_copy(update={"sessions": (session,)}))
    english = phrases.context(values.model_copy(update={"sessions": (session,), "locale": "en"}))
    assert french["sessions"][0]["times"] == (f"10{THIN}h{THIN}15{THIN}–{THIN}13{THIN}h{THIN}15")
    assert english["sessions"][0]["times"] == "10:15–13:15"
    assert french["sessions"][0]["date"] == "7 novembre 2019"


def test_the_first_of_a_month_is_an_ordinal_in_french():
    day = datetime(2026, 4, 1, 12, tzinfo=UTC)
    values = sample().model_copy(update={"issued_at": day})
    assert phrases.context(values)["issued"]["date"] == "1er avril 2026"
    late = values.model_copy(update={"issued_at": day.replace(day=21)})
    assert phrases.context(late)["issued"]["date"] == "21 avril 2026"


def test_a_town_is_not_said_twice():
    values = sample().model_copy(update={"venue": "Palais des congrès de Montreuil"})
    assert phrases.context(values)["conference"]["place"] == "Palais des congrès de Montreuil"
    other = values.model_copy(update={"city": "Paris"})
    assert phrases.context(other)["conference"]["place"].endswith(", Paris")


def test_titles_are_set_as_a_printer_would():
    title = "Atelier 2 : « L'innovation »"
    values = sample().model_copy(update={"conference": title, "locale": "fr"})
    assert (
        phrases.context(values)["conference"]["title"]
        == "Atelier\u00a02\u00a0: «\u00a0L’innovation\u00a0»"
    )
    values = values.model_copy(update={"locale": "en"})
    assert phrases.context(values)["conference"]["title"] == title


def test_values_are_one_clean_line():
    values = sample(holder="  Zoe\u0301\t Nandu\n\x00 ")
    assert values.holder == "Zoé Nandu"
    with pytest.raises(ValidationError):
        sample(holder=" \x07 ")


def test_qr_codes_of_one_prefix_are_segnos():
    """The affine shortcut draws the code that segno draws, bit for bit."""
    prefix = "https://emarge.example/verify/"
    for code in ("7KQM-2WXH-9RTB-4", "AAAA-AAAA-AAAA-A", "ZZZZ-9999-2222-K"):
        drawn = qr.draw(prefix + code)
        made = segno.make(
            prefix + code, error="m", micro=False, mode="byte", mask=qr.MASK, boost_error=False
        )
        assert drawn.width == len(made.matrix) + 2 * qr.QUIET_ZONE
        dark = {
            (x + qr.QUIET_ZONE, y + qr.QUIET_ZONE)
            for y, row in enumerate(made.matrix)
            for x, module in enumerate(row)
            if module & 1
        }
        assert modules(drawn) == dark


def modules(drawing: qr.Drawing) -> set[tuple[int, int]]:
    """The dark modules that its rectangles cover, counted from the upper left corner."""
    found = set()
    for rectangle in drawing.operators.splitlines()[1:-1]:
        x, y, width, _ = map(int, rectangle.split()[:4])
        found |= {(each, drawing.width - 1 - y) for each in range(x, x + width)}
    return found


@pytest.mark.parametrize(
    ("town", "french"),
    [
        ("Montreuil", "Fait à Montreuil"),
        ("Le Havre", "Fait au Havre"),
        ("Les Sables-d’Olonne", "Fait aux Sables-d’Olonne"),
        ("La Rochelle", "Fait à La Rochelle"),
        ("L’Haÿ-les-Roses", "Fait à L’Haÿ-les-Roses"),
        ("Lesneven", "Fait à Lesneven"),
        ("Le", "Fait à Le"),
    ],
)
def test_the_article_of_a_town_melts_into_the_word_before_it(town, french):
    def said(locale):
        values = sample(locale=locale).model_copy(update={"city": town})
        return phrases.context(values)["issued"]["place_and_date"]

    assert said("fr") == f"{french}, le 7 mai 2026"
    assert said("en") == f"{town}, 7 May 2026"

    realised = sample("realisation")
    action = realised.action.model_copy(update={"signed_at": town})
    signed = phrases.context(realised.model_copy(update={"action": action}))["action"]["signed"]
    assert signed == said("fr")


def test_direction_is_not_somebody_elses_to_turn():
    """Controls that turn text round would print a name as another one."""
    values = sample(holder="Anna \u202egro.live\u202c \u2067Bo\u2069\u200f\u061c")
    assert values.holder == "Anna gro.live Bo"
    with pytest.raises(ValidationError):
        sample(holder="\u202e\u2069")


def test_what_joins_letters_stays():
    """Persian is not written without it."""
    assert sample(holder="می\u200cخواهم").holder == "می\u200cخواهم"
