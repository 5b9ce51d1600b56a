"""The audit finds what it is for, and does not say of what it could not look at that it is well."""

import pytest

from tests.audit.leaks import leaked
from tests.audit.packages import judged

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
WEAK = {"name": "weak", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "new", "skip_reason": "Dependency not found on PyPI and could not be audited"}
OUR_OWN = {"name": "shared", "skip_reason": "distribution marked as editable"}


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_" + "a1B2" * 9,
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "redis://:" + "hunter2@redis.example:6379/0",
        "emarge" + "_" + "a" * 43,
        "EMARGE_SECRET_KEY=" + "0123456789abcdef" * 3,
    ],
)
def test_a_secret_is_found_where_it_stands(secret: str) -> None:
    found = list(leaked([("commit:file", "nothing here"), ("commit:file", f"x = '{secret}'")]))
    assert [where for where, _, _ in found] == ["commit:file"]


@pytest.mark.parametrize(
    "line",
    [
        "EMARGE_SECRET_KEY=",
        "redis://:${REDIS_PASSWORD}@redis:6379/0",
        "sha256:" + "0123456789abcdef" * 4,
        "emarge_jobs_failing",
    ],
)
def test_what_is_none_is_left_alone(line: str) -> None:
    assert list(leaked([("file", line)])) == []


def test_a_weakness_is_told_unless_there_is_a_reason() -> None:
    assert judged([SOUND, WEAK], {}).found == ["weak 1.0: PYSEC-1, mended in 1.1"]
    assert judged([SOUND, WEAK], {"PYSEC-1": "reaches nobody"}).found == []


def test_what_could_not_be_looked_up_is_not_said_to_be_well() -> None:
    none = judged([UNKNOWN, OUR_OWN], {})
    assert (none.looked_at, none.found) == ("", [])
    assert none.unseen == "the index here knows no advisories about 1 of 1"
    some = judged([SOUND, UNKNOWN], {})
    assert some.looked_at == "1 of 2 looked up in the index"
    assert some.unseen
