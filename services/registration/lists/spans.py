"""Numbers of rows as people write them: 1–3, 5."""

from collections.abc import Iterable


def spans(numbers: Iterable[int]) -> str:
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in found)
