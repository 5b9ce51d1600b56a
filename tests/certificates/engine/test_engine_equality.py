"""Fast and full documents have the same pages, whatever the name; and both are deterministic."""

import hashlib
import io
import subprocess
import sys

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.certificates.engine import Compiled, Press, sample
from tests.certificates.engine.pdf_reading import pages, pixels, strings
from tests.certificates.engine.written_names import names


@settings(
    max_examples=settings().max_examples * 3 // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=names(), locale=st.sampled_from(["fr", "en"]))
def test_fast_is_full(compiled, name, locale):
    values = sample(holder="A").model_copy(update={"locale": locale})
    try:
        values = values.model_validate({**values.model_dump(), "holder": name})
    except ValueError:
        return  # nothing left of it that can be written
    fast = compiled.render(values, None)
    if fast.path == "full":
        return
    full = compiled.render_full(values, None)
    assert pages(fast.pdf) == pages(full.pdf)
    assert strings(fast.pdf) == strings(full.pdf)


def test_most_names_are_fast(compiled):
    """So that the property above is not true for want of trying."""
    people = ["Zoë Ñandú", "Łukasz Đorđević", "Nguyễn Thị Ánh", "Γιώργος Παπαδόπουλος", "Дмитрий"]
    assert [compiled.render(sample(holder=name), None).path for name in people] == ["fast"] * 5


@pytest.mark.parametrize(
    "name", ["Zoë Ñandú-D’Été", "Fiorella Affleck", "Ωμέγα Δέλτα", "AVATAR To"]
)
def test_fast_looks_like_full(compiled, tmp_path, name):
    values = sample(holder=name)
    fast, full = compiled.render(values, None), compiled.render_full(values, None)
    assert fast.path == "fast"
    assert pixels(fast.pdf, tmp_path, "fast") == pixels(full.pdf, tmp_path, "full")


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Ñandú-D’Été",
        "محمد",
        "יהודה",
        "Γιώργος Παπαδόπουλος",
        "Nguyễn Thị Ánh Tuyết",
        'Nom <b>&amp;</b> "x" \\ (y)',
    ],
)
def test_names_read_back(compiled, tmp_path, name):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(compiled.render(sample(holder=name), None).pdf)
    read = subprocess.run(  # a fixed command on our own file
        ["pdftotext", file, "-"],  # noqa: S607 # in PATH
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert name in read


def test_long_names_stay_on_the_page(compiled):
    name = "Maximilienne-Alexandrine de la Rochefoucauld-Montmorency " * 3
    made = compiled.render(sample(holder=name), None)
    assert made.path == "full"
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        assert len(document.pages) == 1


def test_long_titles_become_part_of_the_shape(compiled):
    """A session's title on two lines is fast too, once its shape has been met twice."""
    long = "Plénière — Ouverture de la journée nationale « L’innovation au cœur des territoires »"
    values = sample()
    first, *others = values.sessions
    titled = first.model_copy(update={"title": long})
    values = values.model_copy(update={"sessions": (titled, *others)})
    paths = [
        compiled.render(values.model_copy(update={"holder": name}), None).path
        for name in ("Ana", "Bea", "Cid")
    ]
    assert paths == ["full", "fast", "fast"]
    fast, full = compiled.render(values, None), compiled.render_full(values, None)
    assert pages(fast.pdf) == pages(full.pdf)


_OTHER_PROCESS = """
import sys, hashlib
from pathlib import Path
from services.certificates.engine import *
from shared.documents.signing import Signer
template = Template.model_validate_json(Path(sys.argv[1]).read_bytes())
signer = Signer.from_pem(Path(sys.argv[2]).read_bytes())
with Press() as press:
    compiled = compile_template(template, sample_values(("day",)), press)
    for values in (sample(), sample(locale="en", holder="Ωμέγα")):
        made = compiled.render(values, signer)
        print(made.path, hashlib.sha256(made.pdf).hexdigest())
    print("full", hashlib.sha256(compiled.render_full(sample(), signer).pdf).hexdigest())
"""


def test_the_same_bytes_in_another_process(compiled, template, signer, authority, tmp_path):
    """Before and after signing: ECDSA is deterministic too (RFC 6979)."""
    (tmp_path / "template.json").write_text(template.model_dump_json())
    (tmp_path / "signer.pem").write_bytes(authority[0])
    there = subprocess.run(  # our own code
        [sys.executable, "-c", _OTHER_PROCESS, tmp_path / "template.json", tmp_path / "signer.pem"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PATH": "/usr/bin:/bin"},
    ).stdout.split()
    here = []
    for values in (sample(), sample(locale="en", holder="Ωμέγα")):
        made = compiled.render(values, signer)
        here += [made.path, hashlib.sha256(made.pdf).hexdigest()]
    full = compiled.render_full(sample(), signer)
    assert there == [*here, "full", hashlib.sha256(full.pdf).hexdigest()]


def test_stored_shapes_make_the_same_bytes(compiled, template, signer):
    with Press() as press:
        loaded = Compiled.from_bytes(compiled.to_bytes(), template, press)
        assert loaded.verdict == compiled.verdict
        made = loaded.render(sample(holder="Ève Été"), signer)
    assert made.path == "fast"
    assert made.pdf == compiled.render(sample(holder="Ève Été"), signer).pdf


def test_stored_shapes_of_another_template_are_refused(compiled, template):
    other = template.with_assets({"logo.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"})
    with Press() as press, pytest.raises(ValueError, match="another template"):
        Compiled.from_bytes(compiled.to_bytes(), other, press)
