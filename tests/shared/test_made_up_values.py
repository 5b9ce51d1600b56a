"""Numbers, passes and proofs that somebody made up open nothing, and break nothing."""

import pytest
from pydantic import SecretStr

from shared.base.fingerprints import fingerprint, has_fingerprint
from shared.base.keys import Keys
from shared.http.numbers import LARGEST, row_number
from shared.http.passes import opens

SECRETS = [SecretStr("a-secret-for-tests-only")]


@pytest.mark.parametrize("text", ["", "-1", "1.0", "²", str(LARGEST + 1), "9" * 10, "9" * 5000])
def test_no_row_has_such_a_number(text: str) -> None:
    assert row_number(text) is None


def test_the_largest_number_is_one_that_a_column_of_integers_holds() -> None:
    assert row_number("2147483647") == LARGEST == 2**31 - 1


@pytest.mark.parametrize("given", ["", "x", "9" * 5000 + ".a", "99999999999.é", "²." + "a" * 64])
def test_no_such_pass_opens(given: str) -> None:
    assert not opens("/organiser/sign-in/x", given, Keys(SECRETS))


def test_a_proof_in_any_letters_is_read() -> None:
    assert not has_fingerprint("é", SECRETS)("ann@example.org")
    assert has_fingerprint(fingerprint("Ann@example.org", SECRETS), SECRETS)("ann@example.org")
