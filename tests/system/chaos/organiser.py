"""The organiser of the days: moves what can be moved, there and back, and tells people of it, now
and then twice at once or with a worker killed in the middle; cancels one of the days."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field

import httpx
import yaml
from sqlalchemy.exc import DBAPIError

from deploy.local.mailbox import Mailbox
from services.registration.desk import Desk
from services.registration.editing.saving import Saving, save_programme
from services.registration.history.acts import Actor
from services.registration.programme.document import parse_programme
from tests.system.chaos.programme import Day

CHAIR = Actor("organiser", "chair@emarge.example")
PAUSE = 0.1  # seconds before asking again
UNAVAILABLE = 500  # and above: not an answer, but the lack of one
TELLING_BEGINS = 10.0  # seconds to wait for the first email of a notice


@dataclass
class Organiser:
    """Acts at random until it is to finish. `acts` counts them by name. `kill_teller` kills a
    worker that sends notices."""

    desk: Desk
    days: tuple[Day, Day]
    url: str
    headers: dict[str, str]
    dice: random.Random
    mailbox: Mailbox
    kill_teller: Callable[[], None]
    acts: dict[str, int] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    _open: list[Day] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self, cancels_after: float) -> None:
        """From then on, in seconds, the second day is cancelled."""
        self._open = list(self.days)
        self._thread = threading.Thread(target=self._live, args=(cancels_after,), daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Whatever is untold is told in the end: everybody of today has something to hear."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        today, later = self.days
        if later in self._open:
            self._cancel(later)
        today.move_venue()
        self._save(today)
        self._tell_twice_at_once(today)

    def _live(self, cancels_after: float) -> None:
        cancel_at = time.monotonic() + cancels_after
        for name, act in self._acts():
            if len(self._open) > 1 and time.monotonic() > cancel_at:
                self._cancel(self.days[1])
            act(self.dice.choice(self._open))
            self.acts[name] = self.acts.get(name, 0) + 1
            if self._stop.wait(self.dice.uniform(0, 0.8)):
                return

    def _acts(self) -> Iterator[tuple[str, Callable[[Day], None]]]:
        """Each of them once before any of them again."""
        acts: dict[str, Callable[[Day], None]] = {
            "room moved": self._move_room,
            "room moved there and back": self._there_and_back,
            "times moved": self._move_times,
            "venue or date moved": self._move_day,
            "moved and told at once": self._move_and_tell,
            "notice pressed twice at once": self._tell_twice_at_once,
            "worker killed while it tells": self._kill_in_the_middle,
        }
        while True:
            yield from self.dice.sample(list(acts.items()), len(acts))

    def _move_room(self, day: Day) -> None:
        day.move_room(self.dice.randrange(len(day.workshops)))
        self._save(day)

    def _there_and_back(self, day: Day) -> None:
        """One may be told of the way there, and all who were have to hear of the way back."""
        before = deepcopy(day)
        self._move_room(day)
        if self.dice.random() < 0.5:
            self._tell(day)
        day.rooms = before.rooms
        self._save(day)
        self._tell(day)

    def _move_times(self, day: Day) -> None:
        day.move_times()
        self._save(day)

    def _move_day(self, day: Day) -> None:
        (day.move_venue if day is self.days[0] else day.move_date)()
        self._save(day)

    def _move_and_tell(self, day: Day) -> None:
        day.move_room(self.dice.randrange(len(day.workshops)))
        self._save(day, tell=True)

    def _tell_twice_at_once(self, day: Day) -> None:
        with ThreadPoolExecutor(2) as presses:
            told = [press.result() for press in [presses.submit(self._tell, day) for _ in range(2)]]
        if all(told):
            self.unexpected.append(f"{day.slug}: two presses told {told} people")

    def _kill_in_the_middle(self, day: Day) -> None:
        since = time.time()
        day.move_venue()
        self._save(day)
        if self._tell(day):
            while time.time() < since + TELLING_BEGINS and not self._tells(since):
                time.sleep(0.02)
            self.kill_teller()

    def _tells(self, since: float) -> bool:
        """Whether a notice has been sent by now."""
        stored = map(self.mailbox.stored, reversed(self.mailbox.ids()))
        recent = (mail for mail in stored if mail.received_at > since)
        return any(mail.subject.startswith("Ce qui a changé") for mail in recent)

    def _save(self, day: Day, *, tell: bool = False) -> None:
        document = yaml.safe_dump(day.document(), allow_unicode=True)
        programme = parse_programme(document)
        while True:
            try:
                save_programme(self.desk, programme, Saving(CHAIR, tell=tell))
            except DBAPIError:  # the database is being started again
                time.sleep(PAUSE)
            else:
                return

    def _tell(self, day: Day) -> int:
        """How many people it tells, 0 when there is nothing to tell."""
        answer = self._ask(f"/api/conferences/{day.slug}/notice", {"note": "Pardon !"})
        if answer.is_success:
            return int(answer.json()["to_tell"])
        self._expect(answer, "nothing-to-tell")
        return 0

    def _cancel(self, day: Day) -> None:
        self._open.remove(day)
        answer = self._ask(f"/api/conferences/{day.slug}/cancel", {"reason": "Une grève."})
        if not answer.is_success:
            self._expect(answer, "already-cancelled")  # its first answer was lost
        self.acts["day cancelled"] = 1

    def _ask(self, path: str, body: dict[str, str]) -> httpx.Response:
        """The answer, asked for until there is one."""
        while True:
            try:
                answer = httpx.post(
                    self.url + path, json=body, headers=self.headers, trust_env=False, timeout=30
                )
                if answer.status_code < UNAVAILABLE:
                    return answer
            except httpx.TransportError:
                pass
            time.sleep(PAUSE)

    def _expect(self, answer: httpx.Response, problem: str) -> None:
        if answer.json().get("type", "").rpartition("/")[2] != problem:
            self.unexpected.append(f"{answer.request.url.path}: {answer.text}")
