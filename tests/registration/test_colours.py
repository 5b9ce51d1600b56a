"""A conference's colour carries white text, or is refused with the nearest that does."""

import pytest

from services.registration.programme.colour import LEAST, contrast, readable
from services.registration.programme.document import parse_programme
from services.registration.programme.faults import InvalidProgramme
from tests.registration.days import programme_text


def colour_of(written: str) -> str:
    return parse_programme(programme_text(1).replace("sessions:", f"{written}\nsessions:")).colour


# https://webaim.org/resources/contrastchecker/
@pytest.mark.parametrize(
    ("colour", "ratio"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54), ("#777777", 4.48)]
)
def test_contrast_is_reckoned_as_wcag_does(colour: str, ratio: float) -> None:
    assert contrast(colour) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("colour", ["#ffff00", "#ff0000", "#7fdbff", "#ffffff", "#777777"])
def test_the_nearest_is_dark_enough_and_hardly_darker(colour: str) -> None:
    nearest = readable(colour)
    assert LEAST <= contrast(nearest) < LEAST + 0.1


def test_one_that_is_dark_enough_stays() -> None:
    assert colour_of('colour: "#0E5158"') == "#0e5158"
    assert colour_of("colour: 0e5158") == "#0e5158"
    assert colour_of("") == ""


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ('colour: "#ffcc00"', "too light"),
        ("colour: #0e5158", "six hexadecimal digits"),  # YAML takes it for a comment
        ("colour: red", "six hexadecimal digits"),
        ('colour: "#12345"', "six hexadecimal digits"),
        ("image: https://example.org/a.png", "must name a picture"),
        ("logo: ../../etc/passwd", "must name a picture"),
    ],
)
def test_others_are_refused_with_field_and_rule(written: str, rule: str) -> None:
    with pytest.raises(InvalidProgramme) as refused:
        colour_of(written)
    [fault] = refused.value.faults
    assert fault.field == written.partition(":")[0]
    assert rule in str(fault)


def test_the_refusal_names_one_that_is_taken() -> None:
    with pytest.raises(InvalidProgramme) as refused:
        colour_of('colour: "#ffcc00"')
    nearest = refused.value.faults[0].parameters["nearest"]
    assert colour_of(f'colour: "{nearest}"') == nearest
