"""Numbers, passes and proofs that somebody made up open nothing, and break nothing."""

import hmac
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from shared.base.clock import epoch_seconds
from shared.base.fingerprints import fingerprint, has_fingerprint
from shared.base.keys import Keys
from shared.http.numbers import LARGEST, row_number
from shared.http.passes import opens, with_pass_until

TOKEN = SecretStr("a token of sixteen letters and more")
SECRETS = [SecretStr("a-secret-for-tests-only")]


@pytest.mark.parametrize("text", ["", "-1", "1.0", "²", str(LARGEST + 1), "9" * 10, "9" * 5000])
def test_no_row_has_such_a_number(text: str) -> None:
    assert row_number(text) is None


def test_the_largest_number_is_one_that_a_column_of_integers_holds() -> None:
    assert row_number("2147483647") == LARGEST == 2**31 - 1


@pytest.mark.parametrize("given", ["", "x", "9" * 5000 + ".a", "99999999999.é", "²." + "a" * 64])
def test_no_such_pass_opens(given: str) -> None:
    assert not opens("/organiser/sign-in/x", given, Keys(SECRETS))


def test_a_pass_opens_one_path_for_a_while() -> None:
    keys, path, moment = Keys(SECRETS), "/organiser/sign-in/x", int(epoch_seconds())
    given = parse_qs(urlsplit(with_pass_until(path, keys, moment + 60)).query)["pass"][0]
    over = parse_qs(urlsplit(with_pass_until(path, keys, moment - 1)).query)["pass"][0]
    assert opens(path, given, keys)
    assert not opens("/organiser/sign-in/y", given, keys)
    assert not opens(path, over, keys)


def test_a_pass_that_is_forged_with_the_token_of_the_feeds_opens_nothing() -> None:
    """Each key is derived from the secret for its purpose; the token of the feeds is none."""
    path, until = "/organiser/sign-in/x", int(epoch_seconds()) + 60
    given = parse_qs(urlsplit(with_pass_until(path, Keys([TOKEN]), until)).query)["pass"][0]
    as_it_was = f"emarge.pass\n{path}\n{until}".encode()
    with_itself = hmac.new(TOKEN.get_secret_value().encode(), as_it_was, "sha256").hexdigest()
    for forged in (given, f"{until}.{with_itself}"):
        assert not opens(path, forged, Keys(SECRETS))


def test_a_proof_in_any_letters_is_read() -> None:
    assert not has_fingerprint("é", SECRETS)("ann@example.org")
    assert has_fingerprint(fingerprint("Ann@example.org", SECRETS), SECRETS)("ann@example.org")
