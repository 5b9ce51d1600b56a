"""The parent's side of the press: starts the child, keeps its clock, replaces it when it fails."""

import os
import selectors
import subprocess
import sys
from pathlib import Path
from typing import Self, TypeVar

from services.certificates.engine.compositor.refusals import NotFast, ReadsValue
from services.certificates.engine.errors import (
    LayoutFailed,
    MissingGlyph,
    Problem,
    TemplateRefused,
)
from services.certificates.engine.limits import Limits
from services.certificates.engine.paragraph import IsParagraph, Paragraph
from services.certificates.engine.press.messages import (
    ANSWERS,
    LONGEST_MESSAGE,
    AnOrder,
    Check,
    Contrast,
    Contrasted,
    Done,
    Draw,
    Drawn,
    Examine,
    Examined,
    Failed,
    Laid,
    Load,
    Paragraphs,
    SetFull,
    SetParagraphs,
    SetShape,
    Success,
    write,
)
from services.certificates.engine.shape import Shape
from services.certificates.engine.shapekeys import Split
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values
from shared.base.clock import monotonic

_PROJECT = Path(__file__).resolve().parents[4]
_START_SECONDS = 30.0  # Python and WeasyPrint are imported before the first answer
_READ_SIZE = 1 << 16
# Then another child: of each template the libraries keep some 4 MB, which nothing gives back.
_TEMPLATES_OF_ONE_CHILD = 16
_Read = TypeVar("_Read", Drawn, Examined, Contrasted)


class Press:
    """Lays out in a child process of its own, started at first use and again after a failure.

    Not shared between threads or across a fork: one press per worker process.
    """

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 # frozen
        self.limits = limits
        self.cpu_seconds = 0.0  # used by the child for layouts, as it reports
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._loaded = 0  # templates, by this child
        self._buffer = bytearray()

    def full(self, template: Template, values: Values) -> Shape:
        """One person's document laid out whole.

        Raises TemplateRefused, MissingGlyph or LayoutFailed.
        """
        answer = self._ask(template, SetFull(digest=template.digest, values=values))
        return self._shape(answer)

    def shape(
        self, template: Template, values: Values, split: Split, paragraphs: frozenset[int]
    ) -> Shape:
        """A shape with the split's variable strings left open.

        `paragraphs` are the blocks set anew for each person; their lines break as this person's do.
        Raises NotFast, ReadsValue, IsParagraph, or as `full` does.
        """
        order = SetShape(
            digest=template.digest,
            values=values,
            variable=split.variable,
            length=split.length,
            frame=split.name,
            paragraphs=paragraphs,
        )
        return self._shape(self._ask(template, order))

    def paragraphs(
        self, template: Template, values: Values, split: Split, blocks: tuple[int, ...]
    ) -> tuple[Paragraph, ...]:
        """These blocks of one person's document, each laid out alone. Raises as `shape` does."""
        order = SetParagraphs(
            digest=template.digest,
            values=values,
            variable=split.variable,
            length=split.length,
            frame=split.name,
            blocks=blocks,
        )
        answer = self._ask(template, order)
        if not isinstance(answer, Paragraphs):
            raise LayoutFailed("the layout process answered something else")
        return answer.paragraphs

    def remarks(self, template: Template, samples: tuple[Values, ...]) -> list[Problem]:
        """All that is wrong with the template for these people. Raises LayoutFailed."""
        found: list[Problem] = []
        for values in samples:  # one by one: the clock is for one layout
            try:
                answer = self._ask(template, Check(digest=template.digest, values=values))
            except TemplateRefused as error:
                found += error.problems
            else:
                found += _problems(answer.problems) if isinstance(answer, Done) else []
        return list(dict.fromkeys(found))

    def picture(self, pdf: bytes) -> bytes:
        """The first page of a document as a PNG. Raises LayoutFailed."""
        return self._read_pdf(Draw(pdf=pdf), Drawn).picture

    def examine(self, pdf: bytes) -> dict[str, str]:
        """What a document shows and says, by part. Raises LayoutFailed."""
        return self._read_pdf(Examine(pdf=pdf), Examined).parts

    def contrast(self, one: bytes, other: bytes) -> float:
        """The share of pixels in which two documents are seen to differ. Raises LayoutFailed."""
        return self._read_pdf(Contrast(one=one, other=other), Contrasted).share

    def close(self) -> None:
        """Ends the child, if there is one."""
        child, self._child = self._child, None
        self._is_ready = False
        self._loaded = 0
        self._buffer.clear()
        if child is not None:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _ask(
        self, template: Template, order: SetFull | SetShape | SetParagraphs | Check
    ) -> Success:
        deadline = self._deadline()
        answer = self._exchange(order, deadline)
        if isinstance(answer, Failed) and answer.error == "unknown-template":
            if self._loaded == _TEMPLATES_OF_ONE_CHILD:
                self.close()
                deadline = self._deadline()
            self._exchange(Load(template=template), deadline)
            self._loaded += 1
            answer = self._exchange(order, deadline)
        if isinstance(answer, Failed):
            raise _error(answer)
        return answer

    def _deadline(self) -> float:
        """When the answer to an order that is given now must be there; starts the child."""
        started = self._child is None
        if self._child is None:
            self._child = self._start()
        return monotonic() + self.limits.seconds + (_START_SECONDS if started else 0)

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = {
            name: value
            for name, value in os.environ.items()
            # The child gets no settings: a template must not find a password in its process.
            if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "DYLD_FALLBACK_LIBRARY_PATH")
        }
        environment["PYTHONPATH"] = str(_PROJECT)
        return subprocess.Popen(  # noqa: S603 # our own module
            [
                sys.executable,
                "-m",
                "services.certificates.engine.press.child",
                self.limits.as_argument(),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd="/",
        )

    def _exchange(self, order: AnOrder, deadline: float) -> Success | Failed:
        child = self._child
        if child is None or child.stdin is None:
            raise LayoutFailed("the layout process is not running")
        try:
            deadline = self._await_ready(deadline)
            write(child.stdin, order)  # type: ignore[arg-type] # Popen's pipes are binary files
            answer = ANSWERS.validate_json(self._read(deadline))
        except (OSError, ValueError, LayoutFailed) as error:
            status = child.poll()
            self.close()
            if isinstance(error, LayoutFailed):
                raise
            raise LayoutFailed(f"the layout process ended (status {status})") from error
        except BaseException:
            if not self._is_ready:
                raise  # asked nothing yet: it gets ready while the job waits for its next try
            # Interrupted, by a worker's time limit for one: an answer that nobody has read would be
            # taken for that to the next order, another person's document.
            self.close()
            self._child = self._start()
            raise
        if not isinstance(answer, Failed):
            self.cpu_seconds += answer.cpu_seconds
        return answer

    def _await_ready(self, deadline: float) -> float:
        """A child that has started says so, before it is asked anything; then its time begins."""
        if self._is_ready:
            return deadline
        self._read(deadline + _START_SECONDS)
        self._is_ready = True
        return max(deadline, monotonic() + self.limits.seconds)

    def _read(self, deadline: float) -> bytes:
        """The next message. Raises OSError when there is none, LayoutFailed at the deadline."""
        self._fill(4, deadline)
        end = 4 + int.from_bytes(self._buffer[:4], "big")
        if end > LONGEST_MESSAGE:
            raise OSError("the layout process speaks another language")
        self._fill(end, deadline)
        message = bytes(self._buffer[4:end])
        del self._buffer[:end]  # only now: whoever interrupts the waiting finds it whole
        return message

    def _fill(self, length: int, deadline: float) -> None:
        """Wait until so many bytes are there."""
        child = self._child
        if child is None or child.stdout is None:
            raise OSError("no layout process")
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while len(self._buffer) < length:
                if not selector.select(max(0.0, deadline - monotonic())):
                    raise LayoutFailed(
                        f"the layout took longer than {self.limits.seconds:g} seconds"
                    )
                data = os.read(child.stdout.fileno(), _READ_SIZE)
                if not data:
                    raise OSError("the layout process ended")
                self._buffer += data

    def _read_pdf(self, order: Draw | Examine | Contrast, wanted: type[_Read]) -> _Read:
        answer = self._exchange(order, self._deadline())
        if isinstance(answer, Failed):
            raise _error(answer)
        if not isinstance(answer, wanted):
            raise LayoutFailed("the layout process answered something else")
        return answer

    @staticmethod
    def _shape(answer: Success) -> Shape:
        if not isinstance(answer, Laid):
            raise LayoutFailed("the layout process answered something else")
        return answer.shape


def _problems(told: tuple[tuple[str, str, int | None], ...]) -> list[Problem]:
    return [Problem(part, message, line) for part, message, line in told]


def _error(answer: Failed) -> Exception:
    if answer.error == "refused":
        return TemplateRefused(_problems(answer.problems))
    if answer.error == "glyph":
        return MissingGlyph(answer.message)
    if answer.error == "not-fast":
        return NotFast(answer.message)
    if answer.error == "reads-value":
        return ReadsValue(answer.place)
    if answer.error == "is-paragraph":
        return IsParagraph(answer.blocks)
    return LayoutFailed(answer.message)
