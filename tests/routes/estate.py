"""Every service on a database of its own, in this process, with conferences and people in it."""

import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from fastapi import FastAPI
from uvicorn.importer import import_from_string

from services.certificates import web as certificates_web
from services.certificates.base.settings import CertificatesSettings
from services.certificates.desk import open_desk as open_certificates
from services.certificates.service import service as certificates
from services.notifications import web as notifications_web
from services.notifications.base.settings import NotificationsSettings
from services.notifications.resources import open_resources as open_notifications
from services.notifications.service import service as notifications
from services.registration import web as registration_web
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from services.registration.service import open_resources as open_registration
from services.registration.service import service as registration
from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.access import note_ended
from shared.bus.inbox import receive
from shared.events.contracts import ends_access
from shared.process.service import Service
from shared.testing import drain
from tests.certificates.service_doubles import open_house
from tests.routes.asking import PUBLIC_URL
from tests.routes.contents import Contents
from tests.routes.days import HERE, Links, Values, a_list, end, open_days, written
from tests.routes.found import of_access, of_certificates, of_emails, their_visit
from tests.routes.roles import REGISTRATION, Reception, Role
from tests.routes.table import OWN, SHIPPED, file_of
from tests.system.serving import serving

SERVICE_TOKEN = "a-token-between-services"
ENVIRONMENT = {
    "EMARGE_SECRET_KEY": "a-secret-for-tests-only",
    "EMARGE_SERVICE_TOKEN": SERVICE_TOKEN,
    "EMARGE_PUBLIC_URL": PUBLIC_URL,
    "EMARGE_PICTURE_KEYS": "a-key-of-pictures-for-tests",
    "EMARGE_MAIL_FROM": "Emarge <emarge@emarge.example>",
}


def _service_of(name: str) -> Service[Any]:
    found: Service[Any] = import_module(f"services.{name}.service").service
    return found


@dataclass
class Estate:
    """`values` and `links` are those of a conference's people: what stands in paths about them."""

    applications: dict[str, FastAPI]
    desk: Desk
    contents: dict[str, Contents]
    values: dict[str, Values]
    links: dict[str, Links]
    roles: list[Role]

    def changed(self) -> list[str]:
        """What is not any more as it was, in any database."""
        return [
            f"{service}.{table}"
            for service, contents in self.contents.items()
            for table in contents.changed()
        ]

    def restore(self) -> None:
        for contents in self.contents.values():
            if contents.changed():
                contents.restore()
        for slug in self.values:
            self.desk.programmes.forget(slug)

    def role(self, name: str) -> Role:
        return next(role for role in self.roles if role.name == name)


class Building:
    """The services being set up; each has its file, and is closed with `closing`."""

    def __init__(self, folder: Path, files: Mapping[str, Path], redis_url: str) -> None:
        self.closing = ExitStack()
        self._files = files
        self._databases = {name: Database.open(f"sqlite:///{files[name]}") for name in SHIPPED}
        for database in self._databases.values():
            self.closing.callback(database.close)
        common: dict[str, Any] = {"redis_url": redis_url, "home": folder}
        self._registration = RegistrationSettings(service="registration", **common)
        asked = registration_web.application(self._registration, self._databases[REGISTRATION])
        served = self.closing.enter_context(serving(asked))
        common["feeds"] = f"registration={str(served.base_url).rstrip('/')}"
        self._notifications = NotificationsSettings(
            service="notifications", smtp_url=f"file://{folder}/mails", **common
        )
        self._certificates = CertificatesSettings(
            service="certificates", storage_url=str(folder / "documents"), **common
        )
        self._house = open_house(self._databases["certificates"], folder / "documents")
        own = {"EMARGE_REDIS_URL": redis_url, "EMARGE_HOME": str(folder)}
        own["EMARGE_FEEDS"] = common["feeds"]
        self._own = {name: self._own_application(name, own) for name in OWN}
        self._passed_on = 0

    def _own_application(self, name: str, settings: Mapping[str, str]) -> FastAPI:
        """As its web process has it: of a folder nobody knows more than that."""
        database = {"EMARGE_DATABASE_URL": f"sqlite:///{self._files[name]}"}
        with mock.patch.dict(os.environ, {**settings, **database}):
            app: FastAPI = import_from_string(str(_service_of(name).web))()
        self.closing.callback(app.state.database.close)
        return app

    async def build(self) -> Estate:
        applications = self._applications()
        desk: Desk = applications[REGISTRATION].state.desk
        opened = open_days(desk)
        values = {slug: values for slug, (values, _) in opened.items()}
        self._pass_on()
        bearer = self._registration.keys.bearer
        reception = Reception(applications, desk, SERVICE_TOKEN, bearer)
        roles = [role async for role in reception.everybody()]
        end(desk, values["ended"]["registration_id"])
        self._pass_on()
        for slug in HERE:
            values.setdefault(slug, {"slug": slug})["source"] = written(slug, "Pantin")
            values[slug] |= of_access(desk, slug)
            values[slug] |= a_list(desk, slug, self._registration.keys)
            values[slug] |= of_emails(self._databases["notifications"], slug)
            values[slug] |= of_certificates(self._house, slug)
            values[slug] |= self._of_own(slug)
        for database in (self._house.database, *(a.state.database for a in self._own.values())):
            eventlog.page(database, 0)  # whoever reads a feed numbers it
        visit = their_visit(self._house, values["ended"]["certificate"])
        cookie = f"__Secure-emarge-holder={visit}"
        roles.append(Role("holder", {("certificates", slug): cookie for slug in HERE}))
        # What a conference has none of is another's: who asks about it is refused all the same.
        values = {slug: {**values["ended"], **own} for slug, own in values.items()}
        return Estate(
            applications=applications,
            desk=desk,
            contents={name: Contents(path) for name, path in self._files.items()},
            values=values,
            links={slug: links for slug, (_, links) in opened.items()},
            roles=roles,
        )

    def _of_own(self, slug: str) -> Values:
        """What own services have of a conference: the `values_of` of a tests/NAME/routes.py."""
        values: Values = {}
        for name, app in self._own.items():
            if file_of(name).with_suffix(".py").exists():
                values |= import_module(f"tests.{name}.routes").values_of(app, slug)
        return values

    def _applications(self) -> dict[str, FastAPI]:
        databases = self._databases
        made = {
            "registration": registration_web.application(
                self._registration, databases["registration"]
            ),
            "notifications": notifications_web.application(
                self._notifications, databases["notifications"]
            ),
            "certificates": certificates_web.application(
                open_certificates(self._certificates, databases["certificates"])
            ),
        }
        made |= self._own
        for app in made.values():
            for leave in app.state.leaving:
                self.closing.callback(leave)
        return made

    def _pass_on(self) -> None:
        """What registration has to do is done, and the others hear what they have not heard."""
        own = open_registration(self._registration, self._databases["registration"])
        drain(registration, self._databases["registration"], own)
        page = eventlog.page(self._databases["registration"], self._passed_on, 1000)
        news = [json.loads(event) for event in page.events]
        self._passed_on += len(news)
        letters = open_notifications(self._notifications, self._databases["notifications"])
        hearing: list[tuple[Service[Any], Any, Database]] = [
            (notifications, letters, self._databases["notifications"]),
            (certificates, self._house.resources, self._databases["certificates"]),
        ]
        for name, app in self._own.items():
            service, database = _service_of(name), app.state.database
            hearing.append((service, service.resources(app.state.settings, database), database))
        for service, resources, database in hearing:
            with database.begin() as connection:
                note_ended(connection, [event["data"] for event in news if ends_access(event)])
                receive(connection, "registration", news, service.lanes)
            drain(service, database, resources)
        eventlog.page(self._house.database, 0)  # whoever reads a feed numbers it
