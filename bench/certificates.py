"""Certificates a second from the engine alone, against laying each one out, one by one.

Baseline: what a web application does that renders them one by one: for each person a new Jinja2
sandbox, template and stylesheet parsed, fonts configured, `HTML(…).render()` and `write_pdf`;
neither tags nor signature. The compared documents are signed (ECDSA P-256), PDF/A-3a and PDF/UA-1.
Processor time, on one core, variants interleaved in one run, medians. Imports are on neither side.
"""

import io
import multiprocessing
import os
import statistics
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import segno
from jinja2.sandbox import SandboxedEnvironment
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from bench.holders import person
from bench.report import Report
from services.certificates.engine import (
    Compiled,
    Press,
    Template,
    Values,
    compile_template,
    context,
)
from shared.documents.signing import Signer, demo_authority
from shared.process.worker import share_memory

ROUNDS = 9
BLOCK = 60  # warm certificates of one round
PARAGRAPHS = 20  # of them with a name in running text
CONFERENCE = 300
PROCESSES_COUNT = 1000
MEMORY_COUNT = 10_000
PATIENCE = 600.0  # seconds until a process that says nothing is given up
REFUSED_CSS = "\n.holder { text-decoration: underline }"  # a line as long as the name
_SIGNATURE = Path("services/certificates/templates/demonstration/signature.svg")


def run(report: Report) -> None:
    with _one_core():
        _on_one_core(report)
    _in_two_processes(report)
    _memory(report)


def _on_one_core(report: Report) -> None:
    template, signer = _template(), _signer()
    refused = template.model_copy(update={"css": template.css + REFUSED_CSS})
    paragraph = template.model_copy(update={"html": _with_paragraph(template.html)})
    with Press() as press:
        learnt = compile_template(template, [person(0)], press)
        stdlib = Compiled.from_bytes(learnt.to_bytes(), template, press, compress=_zlib)
        stdlib.checked_one_in = 0
        slow = Compiled(refused, press)
        wrapped = compile_template(paragraph, [person(0)], press)
        variants: dict[str, tuple[Callable[[Values], object], int]] = {
            "one by one": (lambda values: one_by_one(template, values), 1),
            "libdeflate": (lambda values: learnt.render(values, signer), BLOCK),
            "zlib": (lambda values: stdlib.render(values, signer), BLOCK),
            "refused": (lambda values: slow.render(values, signer), 1),
            "paragraph": (lambda values: wrapped.render(values, signer), PARAGRAPHS),
        }
        seconds = interleaved(variants, press)
    baseline = 1 / seconds["one by one"]
    rows = (
        ("compiled, signed, A-3a + UA-1, warm, one in 100 compared", "libdeflate", 60.0),
        ("the same compressed by Python's own zlib, none compared", "zlib", 40.0),
        ("templates the compiler refuses, signed, tagged", "refused", 1.5),
        ("a name in a paragraph that wraps", "paragraph", 8.0),
    )
    for name, variant, bound in rows:
        report.ratio(name, 1 / seconds[variant], baseline, "one by one", at_least=bound)
    report.ratio(
        f"a conference of {CONFERENCE} on a cold worker, compiled, its first 50 compared",
        CONFERENCE / _cold(template, signer),
        baseline,
        "one by one",
        at_least=5.0,
    )
    size = len(learnt.render(person(1), signer).pdf)
    report.bound("size, with logo, signature and QR", size / 1024, " KiB", at_most=45)


def interleaved(
    variants: dict[str, tuple[Callable[[Values], object], int]], press: Press
) -> dict[str, float]:
    """Median processor seconds of one certificate, by variant; the press's child is counted."""
    samples: dict[str, list[float]] = {name: [] for name in variants}
    number = 0
    for turn in range(ROUNDS + 2):
        for name, (render, count) in variants.items():
            people = [person(number + index) for index in range(count)]
            number += count
            started = time.process_time() + press.cpu_seconds
            for values in people:
                render(values)
            spent = time.process_time() + press.cpu_seconds - started
            if turn >= 2:  # the first turns warm fonts, caches and shapes
                samples[name].append(spent / count)
    return {name: statistics.median(found) for name, found in samples.items()}


def _cold(template: Template, signer: Signer) -> float:
    """Processor seconds for a conference by a worker that knows nothing of the template yet."""
    people = [person(number) for number in range(CONFERENCE)]
    with Press() as press:
        started = time.process_time()
        compiled = Compiled(template, press)
        for values in people:
            compiled.render(values, signer)
        return time.process_time() - started + press.cpu_seconds


class _Assets(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """`asset:NAME` from memory, which is what any application would write."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__()
        self._assets = assets

    def fetch(self, url: str, _headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        return URLFetcherResponse(url, self._assets[url.partition(":")[2]])


def one_by_one(template: Template, values: Values) -> bytes:
    """The baseline: nothing is kept from one certificate to the next."""
    fetcher = _Assets({**template.assets, "code.png": _code_png(values.verify_url)})
    source = template.html.replace("asset:qr", "asset:code.png")
    markup = SandboxedEnvironment(autoescape=True, trim_blocks=True).from_string(source)
    assets = dict.fromkeys(template.assets, True)
    html = markup.render(**context(values), assets=assets)
    sheet = CSS(string=template.css, url_fetcher=fetcher, base_url="asset:")
    document = HTML(string=html, url_fetcher=fetcher, base_url="asset:").render(stylesheets=[sheet])
    return bytes(document.write_pdf())


def _code_png(url: str) -> bytes:
    image = io.BytesIO()
    segno.make(url, error="m", micro=False).save(image, kind="png", scale=4, border=4)
    return image.getvalue()


def _in_two_processes(report: Report) -> None:
    """The same work by one process and by two, each on a core of its own, by the clock."""
    alone, together = [], []
    for _ in range(3):
        alone.append(_rate(1))
        together.append(_rate(2))
    report.ratio(
        "two worker processes",
        statistics.median(together),
        statistics.median(alone),
        "one process",
        at_least=1.8,
    )


def _rate(processes: int) -> float:
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(processes)]
    workers = [context.Process(target=_work, args=(theirs,)) for _, theirs in pipes]
    for worker in workers:
        worker.start()
    for ours, _ in pipes:
        _heard(ours)  # it is ready
    for ours, _ in pipes:
        ours.send("go")
    slowest = max(_heard(ours) for ours, _ in pipes)
    for worker in workers:
        worker.join()
    return processes * PROCESSES_COUNT / slowest


def _work(parent: Connection) -> None:
    signer = _signer()
    with Press() as press:
        compiled = compile_template(_template(), [person(0)], press)
    people = [person(number) for number in range(200)]
    compiled.render(people[0], signer)
    parent.send(0.0)
    parent.recv()
    started = time.perf_counter()
    for number in range(PROCESSES_COUNT):
        compiled.render(people[number % len(people)], signer)
    parent.send(time.perf_counter() - started)


def _heard(worker: Connection) -> float:
    if not worker.poll(PATIENCE):
        raise TimeoutError("a process of the bench says nothing")
    return float(worker.recv())


def _memory(report: Report) -> None:
    """A worker child's own memory, and what ten thousand certificates add to it."""
    if not Path("/proc/self/smaps_rollup").exists():
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    parent = context.Process(target=_prefork, args=(theirs,))
    parent.start()
    early, late = _heard(ours), _heard(ours)
    parent.join()
    report.bound("private memory of a worker child", late, " MiB", at_most=60)
    growth = f"growth from 1,000 to {MEMORY_COUNT:,} certificates"
    report.bound(growth, late - early, " MiB", at_most=5)


def _prefork(bench: Connection) -> None:
    """A worker's parent that has loaded the shapes, and one child that prints."""
    signer = _signer()
    with Press() as press:
        compiled = compile_template(_template(), [person(0)], press)
    compiled.render(person(1), signer)
    share_memory()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    for number in range(MEMORY_COUNT):
        compiled.render(person(number), signer)
        if number + 1 in (1000, MEMORY_COUNT):
            bench.send(_private_mebibytes())
    os._exit(0)


def _private_mebibytes() -> float:
    rollup = Path("/proc/self/smaps_rollup").read_text()
    lines = (line.split() for line in rollup.splitlines() if line.startswith("Private_"))
    return sum(int(line[1]) for line in lines) / 1024


def _with_paragraph(html: str) -> str:
    start = html.index('<p class="lead">{{ conference.organiser }}')
    end = html.index("{% if holder.organisation %}")
    text = (
        "<p>{{ conference.organiser }} atteste que <b>{{ holder.name }}</b> a participé à la "
        "journée {{ conference.title }}, qui s’est tenue à Montreuil et qui a réuni les acteurs "
        "de l’emploi et de l’innovation des territoires.</p>"
    )
    return html[:start] + text + html[end:]


def _template() -> Template:
    return Template.from_folder().with_assets({"signature.svg": _SIGNATURE.read_bytes()})


def _signer() -> Signer:
    return Signer.from_pem(demo_authority()[0])


def _zlib(data: bytes) -> bytes:
    """Python's own compressor, in place of the engine's."""
    return zlib.compress(data, 1)


@contextmanager
def _one_core() -> Iterator[None]:
    """Pins this process, and those it starts, to its first core, where the system can."""
    pins = hasattr(os, "sched_setaffinity")
    before = os.sched_getaffinity(0) if pins else set()
    if pins:
        os.sched_setaffinity(0, {min(before)})
    yield
    if pins:
        os.sched_setaffinity(0, before)
