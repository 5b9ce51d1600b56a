"""A service is found by its folder; what that says of itself is understood or refused."""

from pathlib import Path

import pytest

from deploy.services import NotAService, Service, found

LOG = '[tool.emarge]\nweb = ["/"]\nfeeds = ["log"]\npublishes = true\n'
PAGE = '[tool.emarge]\nweb = ["/organiser/*/badges"]\n[[tool.emarge.pages]]\n'


def folder(tmp_path: Path, **services: str) -> Path:
    for name, said in services.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text(said, "utf-8")
    return tmp_path


def test_what_is_said_is_read_and_the_rest_is_no_service(tmp_path: Path) -> None:
    badges = '[tool.emarge]\nfeeds = ["log"]\n'
    assert found(folder(tmp_path, log=LOG, badges=badges, notes="[project]\n")) == (
        Service("badges", feeds=("log",)),
        Service("log", web=("/",), feeds=("log",), publishes=True),
    )


def test_who_reads_every_feed_reads_that_of_a_service_yet_to_come(tmp_path: Path) -> None:
    mail = '[tool.emarge]\nfeeds = ["*"]\n'
    badges = "[tool.emarge]\npublishes = true\n"
    services = {s.name: s for s in found(folder(tmp_path, log=LOG, mail=mail, badges=badges))}
    assert services["mail"].feeds == ("badges", "log")


def test_who_answers_nobody_has_no_web_process() -> None:
    assert Service("badges", feeds=("log",)).processes == ("intake", "worker")
    assert Service("badges", publishes=True).processes == ("web", "intake", "worker")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            '[tool.emarge]\nfeed = ["log"]\n',
            "[tool.emarge] does not know feed",
        ),
        ('[tool.emarge]\nweb = ["badges"]\n', "web: 'badges' must begin with /"),
        (
            '[tool.emarge]\nfeeds = ["notes"]\n',
            "feeds: 'notes' is no service that publishes",
        ),
        ('[tool.emarge.trial]\nrun = "x"\n', "trial does not know run"),
        ('[tool.emarge]\nweb = ["/b$"]\n', "hold letters, digits"),
        ('[tool.emarge]\nasks = ["notes"]\n', "asks: 'notes' is no service that answers"),
        ('[tool.emarge]\nweb = ["/"]\n', "web: '/' is badges's"),
        ("[tool.emarge.containers.cron]\n", "containers.cron: a service has web, intake, worker"),
        ("[tool.emarge.containers.web]\nram = 5\n", "containers.web does not know ram"),
        (f'{PAGE}path = "/badges"\n', "must be /organiser/*/"),
        (f'{PAGE}path = "/organiser/*/other"\n', "is not among what it answers"),
        (f'{PAGE}path = "/organiser/*/badges"\nen = ["A"]\n', "en: wants a title"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path: Path, said: str, told: str) -> None:
    with pytest.raises(NotAService) as refused:
        found(folder(tmp_path, log=LOG, badges=said))
    assert told in str(refused.value)
