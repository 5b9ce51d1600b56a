"""Keys by purpose are what RFC 5869 derives, and no two are the same."""

import pytest
from pydantic import SecretStr

from shared.base.keys import Keys, hkdf


@pytest.mark.parametrize(
    ("material", "salt", "info", "derived"),
    [  # the vectors of appendix A, as far as their first block goes
        (
            b"\x0b" * 22,
            bytes(range(0x0D)),
            bytes(range(0xF0, 0xFA)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
        ),
        (
            bytes(range(0x50)),
            bytes(range(0x60, 0xB0)),
            bytes(range(0xB0, 0x100)),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
        ),
        (
            b"\x0b" * 22,
            b"",
            b"",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
        ),
    ],
)
def test_derived_as_the_standard_does(
    material: bytes, salt: bytes, info: bytes, derived: str
) -> None:
    assert hkdf(material, salt, info).hex() == derived


def test_each_purpose_and_each_secret_has_its_own() -> None:
    keys = Keys([SecretStr("a-secret-of-today"), SecretStr("the-one-of-before")])
    derived = [
        key for purpose in ("links", "passes", "cookies", "calls") for key in keys.of(purpose)
    ]
    assert len(set(derived)) == 8
    assert keys.for_signing("links") == [keys.of("links")[1], keys.of("links")[0]]
