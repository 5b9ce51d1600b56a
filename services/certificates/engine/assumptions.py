"""What the engine takes for granted of libraries whose inside it reads: tried where they are new.

The fast path is compared with the full one, which stands on the same assumptions: here an oracle is
asked that does not.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import version

from services.certificates.engine.adversaries import adversaries
from services.certificates.engine.compiled import compile_template
from services.certificates.engine.errors import EngineError
from services.certificates.engine.press.press import Press
from services.certificates.engine.proving import Oracle, prove
from services.certificates.engine.samples import sample
from services.certificates.engine.template import Template

# All of the engine's tests passed with these.
TESTED = {"weasyprint": ("70.0",), "pydyf": ("0.13.0",)}
_ONE_IN = 6  # of the adversaries


def untested(installed: Callable[[str], str] = version) -> Sequence[str]:
    """The libraries that are installed in a version no test has seen: "weasyprint 71.0"."""
    return [f"{name} {installed(name)}" for name in TESTED if installed(name) not in TESTED[name]]


def self_test(oracle: Oracle) -> str:
    """What is broken, in a few seconds; empty when the shipped design is as the oracle has it."""
    template = Template.from_folder()
    try:
        with Press() as press:
            compiled = compile_template(template, [sample()], press)
            if not compiled.verdict.fast:
                return f"the shipped design is not fast: {compiled.verdict.reason}"
            few = list(adversaries())[::_ONE_IN]
            proof = prove(compiled, press, oracle=oracle, among=few)
    except EngineError as error:
        return str(error)
    if not proof.compared:
        return "nobody has a fast document"
    return "; ".join(str(each) for each in proof.mismatches)
