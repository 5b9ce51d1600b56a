"""The steps of an import as an organiser takes them: a file, its preview, the yes."""

import httpx

from tests.registration.pages.forms import fields_of, sent
from tests.registration.pages.visits import seen

HERE = "/organiser/day/registrations"
IMPORT = f"{HERE}/import"


def uploaded(organiser: httpx.Client, text: str | bytes, name: str = "people.csv"):
    content = text.encode() if isinstance(text, str) else text
    files = {"roster": (name, content)}
    return organiser.post(IMPORT, files=files, data={"waitlist": "yes"})


def said_yes(organiser: httpx.Client, preview: httpx.Response, **answers: str | list[str]):
    form = sent(fields_of(preview), "") | answers
    return organiser.post(f"{IMPORT}/register", data=form)


def led_to(answer: httpx.Response) -> str:
    assert answer.status_code == 303, seen(answer)
    return answer.headers["location"]
