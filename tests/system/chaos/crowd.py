"""The people of the days: several clients that register, change, cancel and check in without pause,
who sign that they are there, and whose names and addresses are corrected.

A client whose request got no answer repeats it with the same idempotency key until it has one, as
any careful client does; so everyone knows in the end what was accepted.
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.strangers import no_cookies
from tests.system.chaos.phone import Outcome, Screen, sign_by_phone
from tests.system.chaos.programme import Day

PATIENCE = 30.0  # seconds for one answer
PAUSE = 0.05  # seconds before asking again
AGAIN = 0.1  # of those who sign have signed before
HEARD = 120.0  # seconds until sheets has heard of everybody
UNAVAILABLE = 500  # and above: not an answer, but the lack of one


@dataclass
class Attendee:
    """What the crowd knows of one accepted registration."""

    id: str
    slug: str
    code: str
    last_name: str
    email: str
    token: str
    corrected: int = 0
    cancelled: bool = False
    checked_in: bool = False
    signed: bool = False


@dataclass
class Crowd:
    """Clients against one address. The first of `days` is today's; any may be cancelled."""

    url: str
    days: tuple[Day, ...]
    staff_token: str
    organiser_token: str
    screen: Screen
    seed: int
    accepted: list[Attendee] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    repeated: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, clients: int) -> None:
        for number in range(clients):
            thread = threading.Thread(target=self._live, args=(number,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def finish(self) -> None:
        """Let every client finish what it has begun."""
        self.stop.set()
        for thread in self._threads:
            thread.join()

    def sign_the_rest(self) -> None:
        """Once nothing fails any more, whoever is there and has not signed yet does."""
        today = self.days[0].slug
        rest = [
            each
            for each in self.accepted
            if each.slug == today and not (each.cancelled or each.signed)
        ]
        with ThreadPoolExecutor(len(self._threads)) as hands:
            for done in [hands.submit(self._sign_at_last, each) for each in rest]:
                done.result()

    def _live(self, number: int) -> None:
        dice = random.Random(f"{self.seed}/{number}")
        mine: list[Attendee] = []
        acts: list[Callable[[httpx.Client, random.Random, list[Attendee], str], None]] = [
            self._register,
            self._change,
            self._cancel,
            self._check_in,
            self._correct_address,
            self._correct_name,
            self._sign,
        ]
        with httpx.Client(
            base_url=self.url, timeout=PATIENCE, trust_env=False, cookies=no_cookies()
        ) as client:
            step = 0
            while not self.stop.is_set():
                step += 1
                [act] = dice.choices(acts, weights=[50, 8, 5, 12, 8, 4, 30])
                act(client, dice, mine, f"{self.seed}-{number}-{step}")
                self.stop.wait(dice.uniform(0, 0.1))

    def _register(
        self, client: httpx.Client, dice: random.Random, mine: list[Attendee], key: str
    ) -> None:
        day = dice.choices(self.days, weights=[3, *(1 for _ in self.days[1:])])[0]
        email, name = f"p{key}@ville.example", f"Lefèvre {'abcdefghij'[dice.randrange(10)]}"
        body = {
            "first_name": "Élodie",
            "last_name": name,
            "email": email,
            "sessions": [dice.choice(day.workshops)],
            "waitlist": dice.random() < 0.8,
            "consent": True,
        }
        path = f"/api/conferences/{day.slug}/registrations"
        answer = self._ask(client, "POST", path, json=body, headers={"Idempotency-Key": key})
        if answer.status_code == httpx.codes.CREATED:
            data = answer.json()
            attendee = Attendee(data["id"], day.slug, data["code"], name, email, _token(data))
            mine.append(attendee)
            with self._lock:
                self.accepted.append(attendee)
        else:
            self._note(answer, "session-full", *self._may_be_cancelled(day.slug))

    def _change(
        self, client: httpx.Client, dice: random.Random, mine: list[Attendee], _key: str
    ) -> None:
        attendee = self._someone(dice, mine)
        if attendee is None:
            return
        [day] = [each for each in self.days if each.slug == attendee.slug]
        body = {"sessions": [dice.choice(day.workshops)], "waitlist": True}
        answer = self._ask(
            client, "PATCH", _registration(attendee), json=body, headers=_bearer(attendee.token)
        )
        self._note(answer, *self._may_be_cancelled(attendee.slug))

    def _cancel(
        self, client: httpx.Client, dice: random.Random, mine: list[Attendee], _key: str
    ) -> None:
        attendee = self._someone(dice, mine)
        if attendee is None or attendee.checked_in or attendee.signed:
            return
        answer = self._ask(
            client, "DELETE", _registration(attendee), headers=_bearer(attendee.token)
        )
        attendee.cancelled = True
        self._note(answer, *self._may_be_cancelled(attendee.slug))

    def _correct_address(
        self, client: httpx.Client, dice: random.Random, mine: list[Attendee], _key: str
    ) -> None:
        """An organiser does, who alone is told the new link."""
        attendee = self._someone(dice, mine)
        if attendee is None:
            return
        attendee.corrected += 1
        name, _, domain = attendee.email.partition("@")
        email = f"{name.partition('.')[0]}.{attendee.corrected}@{domain}"
        answer = self._ask(
            client,
            "PATCH",
            _registration(attendee),
            json={"email": email, "reason": "Une faute de frappe."},
            headers=_bearer(self.organiser_token),
        )
        self._note(answer)
        attendee.email, attendee.token = email, _token(answer.json())

    def _correct_name(
        self, client: httpx.Client, dice: random.Random, mine: list[Attendee], key: str
    ) -> None:
        attendee = self._someone(dice, mine)
        if attendee is None:
            return
        name = f"Lefebvre {'abcdefghij'[len(key) % 10]}"
        answer = self._ask(
            client,
            "PATCH",
            _registration(attendee),
            json={"last_name": name},
            headers=_bearer(attendee.token),
        )
        self._note(answer)
        attendee.last_name = name

    def _check_in(
        self, client: httpx.Client, dice: random.Random, mine: list[Attendee], _key: str
    ) -> None:
        attendee = self._someone(dice, [each for each in mine if each.slug == self.days[0].slug])
        if attendee is None:
            return
        path = f"/api/conferences/{attendee.slug}/checkins"
        body = {"code": attendee.code, "direction": "in"}
        answer = self._ask(client, "POST", path, json=body, headers=_bearer(self.staff_token))
        attendee.checked_in = attendee.checked_in or answer.is_success
        self._note(answer)

    def _sign(
        self, _client: httpx.Client, dice: random.Random, mine: list[Attendee], key: str
    ) -> None:
        """On a phone of their own; every other one twice, and now and then once more later. Whoever
        came first: sheets hears of people after they are told that they have a place."""
        here = [each for each in mine if each.slug == self.days[0].slug and not each.cancelled]
        signed = [each for each in here if each.signed]
        missing = [each for each in here if not each.signed]
        again = bool(signed) and dice.random() < AGAIN
        attendee = dice.choice(signed) if again else next(iter(missing), None)
        if attendee is None:
            return
        outcome, status = self._sign_once(attendee, key, presses=dice.choice((1, 2)))
        with self._lock:
            if attendee.signed and outcome == "refused":
                self.unexpected.append(f"signed, and then refused: {status}")
            elif outcome != "signed":
                name = f"signature of whoever is {outcome} at sheets ({status})"
                self.refused[name] = self.refused.get(name, 0) + 1

    def _sign_once(self, attendee: Attendee, key: str, *, presses: int) -> tuple[Outcome, int]:
        with httpx.Client(
            base_url=self.url,
            timeout=PATIENCE,
            trust_env=False,
            headers={"Origin": self.screen.origin},
        ) as phone:
            who = {"last_name": attendee.last_name, "code": attendee.code}
            outcome, answer = sign_by_phone(
                self._ask, phone, self.screen, who, key, presses=presses
            )
        attendee.signed = attendee.signed or outcome == "signed"
        return outcome, answer.status_code

    def _sign_at_last(self, attendee: Attendee) -> None:
        """As soon as sheets has heard of them."""
        deadline = time.monotonic() + HEARD
        while self._sign_once(attendee, "last", presses=1)[0] == "unknown":
            if time.monotonic() > deadline:
                with self._lock:
                    self.unexpected.append(f"{attendee.id}: never known at sheets")
                return
            time.sleep(1)

    def _may_be_cancelled(self, slug: str) -> tuple[str, ...]:
        return () if slug == self.days[0].slug else ("conference-cancelled",)

    def _someone(self, dice: random.Random, mine: list[Attendee]) -> Attendee | None:
        here = [attendee for attendee in mine if not attendee.cancelled]
        return dice.choice(here) if here else None

    def _ask(self, client: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer, asked for until there is one."""
        while True:
            try:
                answer = client.request(method, path, **options)
                if answer.status_code < UNAVAILABLE:
                    return answer
            except httpx.TransportError:
                pass
            with self._lock:
                self.repeated += 1
            time.sleep(PAUSE)

    def _note(self, answer: httpx.Response, *expected: str) -> None:
        if answer.is_success:
            return
        problem = answer.json().get("type", "").rpartition("/")[2]
        with self._lock:
            self.refused[problem] = self.refused.get(problem, 0) + 1
            if problem not in expected:
                self.unexpected.append(
                    f"{answer.request.method} {answer.request.url.path}: {answer.text}"
                )


def _registration(attendee: Attendee) -> str:
    return f"/api/registrations/{attendee.id}"


def _token(registration: dict[str, Any]) -> str:
    """Of the link in an answer."""
    url: str = registration["manage_url"]
    return url.rstrip("/").rpartition("/")[2].partition("?")[0]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
