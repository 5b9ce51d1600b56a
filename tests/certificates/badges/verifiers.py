"""Other people's verifiers, which reach nothing but the service under test: openbadgeslib in this
process, @digitalcredentials/verifier-core by Node (`make install-test` fetches it by npm)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

from tests.certificates.service_doubles import PUBLIC_URL

JUDGE = Path(__file__).parent / "judge"


def node() -> str:
    """Node's own program. Skips, and says how to have the judge."""
    found = shutil.which("node")
    if found is None or not (JUDGE / "node_modules").exists():
        pytest.skip("no second judge of badges: needs Node 18 or newer, then `make install-test`")
    return found


def downloads(browser: httpx.Client, origin: str = PUBLIC_URL) -> Any:
    """What a verifier fetches from the origin, out of the service; nothing else is reached."""

    def download(url: str, *_: object, **__: object) -> bytes:
        assert url.startswith(f"{origin}/"), f"{url} is somebody else's"
        host = {"Host": origin.partition("://")[2]}
        return browser.get(url.removeprefix(origin), headers=host).raise_for_status().content

    return download


def verify_token(browser: httpx.Client, token: str, did: str = "did:web:emarge.example") -> Any:
    """By openbadgeslib, key and status found by the issuer's DID. Raises what it finds."""
    origin = "https://" + did.removeprefix("did:web:").replace("%3A", ":")
    download = downloads(browser, origin)
    verifier = OB3Verifier.for_issuer_did(did, download=download)
    return verifier.verify(token, check_status=True, download=download)


def verify_json(browser: httpx.Client, credential: str, origin: str = PUBLIC_URL) -> Any:
    """By openbadgeslib, the form that has its proof inside; of its list the signature is asked for
    elsewhere, since it reads no list but a token's."""
    verifier = OB3LdpVerifier()
    return verifier.verify(
        credential,
        check_status=True,
        verify_status_list=False,
        download=downloads(browser, origin),
    )


def ask_verifier_core(browser: httpx.Client, credential: str) -> dict[str, Any]:
    """What each step said: true, false or the error; `error` where none was taken."""
    command = [node(), "judge.mjs", PUBLIC_URL, str(browser.base_url).rstrip("/")]
    told = subprocess.run(
        command, cwd=JUDGE, input=credential, capture_output=True, text=True, check=True, timeout=60
    )
    answer = json.loads(told.stdout)
    if answer.get("errors"):
        return {"error": answer["errors"]}
    return {step["id"]: step.get("valid", step.get("error")) for step in answer["log"]}
