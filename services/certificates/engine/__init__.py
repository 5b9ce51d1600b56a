"""The certificate engine: an organiser's template and one person's values in, a signed PDF out.

    press = Press()                                    # child process that lays templates out
    compiled = compile_template(template, samples, press)
    compiled.verdict                                   # fast, or full because …
    prove(compiled, press).mismatches                  # none, or the fast path is not to be used
    compiled.render(values, signer).pdf                # PDF/A-3a + PDF/UA-1 + PAdES, complete

The template is laid out by WeasyPrint once per *shape* (language, number of sessions, which values
are present …) with tokens in place of the variable strings. A certificate of a known shape only
re-shapes its variable lines with HarfBuzz; a block whose lines break otherwise for each person is
laid out again alone. Whatever is not fully understood is laid out in full and
goes through the same writer and signer: never wrong, only slower.
"""

from services.certificates.engine.adversaries import adversaries as difficult_people
from services.certificates.engine.assumptions import self_test, untested
from services.certificates.engine.attachments import attachments_of
from services.certificates.engine.compiled import (
    Compiled,
    Difference,
    Rendered,
    Verdict,
    compile_template,
)
from services.certificates.engine.errors import (
    EngineError,
    LayoutFailed,
    MissingGlyph,
    Problem,
    TemplateRefused,
)
from services.certificates.engine.fitting import LENGTHS as NAME_SIZES
from services.certificates.engine.fitting import has_sizes as has_name_sizes
from services.certificates.engine.limits import Limits
from services.certificates.engine.phrases import context
from services.certificates.engine.press import Press, check
from services.certificates.engine.press.confinement import confine
from services.certificates.engine.proving import Keep, Mismatch, Oracle, Proof, prove
from services.certificates.engine.samples import sample, sample_values
from services.certificates.engine.template import DEFAULT_FOLDER, Template
from services.certificates.engine.unprintable import without as without_signs
from services.certificates.engine.values import (
    Action,
    AttendedSession,
    Locale,
    Modality,
    Nature,
    Signatory,
    Values,
)

__all__ = [
    "DEFAULT_FOLDER",
    "NAME_SIZES",
    "Action",
    "AttendedSession",
    "Compiled",
    "Difference",
    "EngineError",
    "Keep",
    "LayoutFailed",
    "Limits",
    "Locale",
    "Mismatch",
    "MissingGlyph",
    "Modality",
    "Nature",
    "Oracle",
    "Press",
    "Problem",
    "Proof",
    "Rendered",
    "Signatory",
    "Template",
    "TemplateRefused",
    "Values",
    "Verdict",
    "attachments_of",
    "check",
    "compile_template",
    "confine",
    "context",
    "difficult_people",
    "has_name_sizes",
    "prove",
    "sample",
    "sample_values",
    "self_test",
    "untested",
    "without_signs",
]
