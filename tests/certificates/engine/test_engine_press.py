"""The process that lays out: what the libraries keep of templates ends with it."""

import pytest

from services.certificates.engine import Press, Template, sample_values
from services.certificates.engine.press import press as pressing


def test_after_so_many_templates_another_process_goes_on(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pressing, "_TEMPLATES_OF_ONE_CHILD", 2)
    values = sample_values()[0]
    first, second, third = (
        template.model_copy(update={"css": f"{template.css}\n/* {number} */"})
        for number in range(3)
    )
    with Press() as press:
        children = []
        for one in (first, second, first, third, third):
            assert press.full(one, values)
            children.append(press._child.pid)  # noqa: SLF001  which process it is shows nowhere else
    assert children[0] == children[1] == children[2] != children[3] == children[4]
