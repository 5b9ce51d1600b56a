"""Secrets in the files and in the history: detect-secrets knows how those of others look, and three
rules how ours do. It reads what git has, and asks nobody."""

import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator

from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

from tests.architecture_rules import ours
from tests.audit.findings import Findings
from tests.audit.packages import ACCEPTED
from tests.documentation.reference import ROOT

# Those that go by a format. A guess by entropy or by a word finds fifty fingerprints for a secret.
DETECTORS = (
    *("ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector"),
    *("CloudantDetector", "DiscordBotTokenDetector", "GitHubTokenDetector", "GitLabTokenDetector"),
    *("IbmCloudIamDetector", "IbmCosHmacDetector", "JwtTokenDetector", "MailchimpDetector"),
    *("NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector"),
    *("SendGridDetector", "SlackDetector", "SquareOAuthDetector", "StripeDetector"),
    *("TelegramBotTokenDetector", "TwilioKeyDetector"),
)
OURS = {
    "password in a URL without a user": re.compile(r"\w://:(?P<secret>[^\s@/$<{…:]+)@"),
    "Emarge token": re.compile(r"emarge_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
    "secret of deploy/fill-secrets": re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{48}(?![0-9A-Za-z])"),
}
LONGEST = 2000  # characters of a line: what is longer is a picture or a bundle
GIT = ("git", "-C", str(ROOT))

Line = tuple[str, str]  # where, and what stands there


def secrets() -> Findings:
    known = tomllib.loads(ACCEPTED.read_text())["secrets"]
    files, commits = list(ours(ROOT)), set()
    written: dict[str, str] = {}  # each line once, where it was first seen
    for path in files:
        for line in (ROOT / path).read_text(errors="ignore").splitlines():
            written.setdefault(line, str(path))
    for where, line in history():
        commits.add(where.partition(":")[0])
        written.setdefault(line, where)
    found = [
        f"{where}: {kind}, {value[:4]}…"
        for where, kind, value in leaked((where, line) for line, where in written.items())
        if value not in known
    ]
    return Findings("secrets", f"{len(files):,} files and {len(commits):,} commits read", found)


def history() -> Iterator[Line]:
    """Every line that was ever added, by commit and file."""
    command = [*GIT, "log", "-p", "-U0", "--all", "--no-color", "--format=commit %h"]
    shown = subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="ignore")
    commit = file = ""
    for line in shown.splitlines():
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.startswith("+++ "):
            file = line.removeprefix("+++ b/")
        elif line.startswith("+"):
            yield f"{commit}:{file}", line[1:]


def leaked(lines: Iterable[Line]) -> Iterator[tuple[str, str, str]]:
    """Where, of which kind, and the secret itself."""
    with transient_settings({"plugins_used": [{"name": name} for name in DETECTORS]}):
        for where, line in lines:
            for secret in scan_line(line[:LONGEST]):
                yield where, secret.type, secret.secret_value or ""
            for kind, pattern in OURS.items():
                for match in pattern.finditer(line[:LONGEST]):
                    yield where, kind, match[match.lastindex or 0]
