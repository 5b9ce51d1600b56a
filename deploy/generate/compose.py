"""The containers of services, as a file that docker-compose.yml includes."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.generate.neighbours import PAGES, WEB_PORT, all_pages, neighbours
from deploy.services import ROOT, Service

HEAD = Path(__file__).with_name("compose.head.yml")
METRICS_PORT = 9100
STORAGE = "/var/lib/emarge"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
FILL = "run deploy/fill-secrets (see .env.example)"

DATABASES = """
  {databases}: # one for each service, with a user of its own; ends when they are there
    <<: [*once, *container]
    image: ${{POSTGRES_IMAGE:-postgres:17}}
    user: postgres
    tmpfs: ["/tmp:size=8m,mode=1777"] # where a shell keeps what it is given to read
    entrypoint: ["/databases"]
    environment:
      PGHOST: ${{POSTGRES_HOST:-postgres}}
      PGUSER: postgres
      PGPASSWORD: ${{POSTGRES_PASSWORD:?{fill}}}
      SERVICES: {names}
{passwords}    volumes: ["./deploy/postgres/databases:/databases:ro"]
    depends_on: [postgres]
    deploy: {{ resources: {{ limits: {{ memory: 128M }} }} }}
"""
SERVICE = """
# --- {name} {rule}

x-{name}: &{name}
  <<: *emarge
  image: ${{EMARGE_REGISTRY:-}}emarge-{name}:${{EMARGE_VERSION:-{version}}}
  environment: &{name}-environment
    <<: *environment
{environment}{volumes}"""
MIGRATION = """
  {name}-migrate:
    <<: [*once, *{name}]
    build: {{ context: ., args: {{ SERVICE: {name}, VERSION: "${{EMARGE_VERSION:-{version}}}" }} }}
    pull_policy: missing
    command: migrate
    depends_on: {{ {databases}: {{ condition: service_completed_successfully }} }}
"""
PROCESS = """
  {name}-{process}:
    <<: *{name}
    command: {command}
{more}    networks: [{networks}]
    healthcheck: {{ <<: *watched, test: [CMD, stay-healthy, "{port}"] }}
    depends_on:
{redis}      {name}-migrate: {{ condition: service_completed_successfully }}
    deploy: {{ resources: {{ limits: {{ memory: {memory}M, pids: 200 }} }} }}
"""
# A web process does without Redis, and must not be replaced whenever it is.
REDIS = "      redis: { condition: service_started } # and stopped after what uses it\n"


def compose(services: Sequence[Service], databases: str = "databases") -> str:
    """The file; `databases` is the container in it that makes theirs."""
    if not services:
        return "services: {}\n"
    volumes = [f"  {service.name}: {{}}\n" for service in services if service.storage]
    parts = [
        HEAD.read_text("utf-8"),
        *map(_all_of_one, services),
        "\nservices:",
        _databases(services, databases),
        *(_containers(service, databases) for service in services),
        *(["\nvolumes:\n", *volumes] if volumes else []),
    ]
    return "".join(parts)


def port_of(process: str) -> int:
    """Where it says how it is."""
    return WEB_PORT if process == "web" else METRICS_PORT


def password_of(service: Service) -> str:
    """What .env calls the password of its database."""
    return f"{service.name.upper()}_DATABASE_PASSWORD"


def _databases(services: Sequence[Service], databases: str) -> str:
    passwords = {f"DATABASE_PASSWORD_{each.name}": f"${{{password_of(each)}}}" for each in services}
    names = " ".join(service.name for service in services)
    return DATABASES.format(
        databases=databases, names=names, fill=FILL, passwords=_lines(passwords, 6)
    )


def _all_of_one(service: Service) -> str:
    """What all containers of a service have."""
    name = service.name
    told = neighbours(service, _put_in)
    settings = {
        "EMARGE_DATABASE_URL": f"postgresql+psycopg://{name}:${{{password_of(service)}:?{FILL}}}"
        f"@${{POSTGRES_HOST:-postgres}}/{name}",
        **{name: _quoted(value) for name, value in told.items()},
        **{setting: _quoted(f"${{{setting}:?{why}}}") for setting, why in service.required.items()},
        **_asked(service.settings),
    }
    volumes = ""
    if service.storage:
        folder = f"{STORAGE}/{name}"
        elsewhere = "EMARGE_STORAGE_URL" in service.settings
        settings["EMARGE_STORAGE_URL"] = (
            f"${{EMARGE_STORAGE_URL:-{folder}}}" if elsewhere else folder
        )
        volumes = f"  volumes: [{name}:{folder}]\n"
    rule = "-" * (94 - len(name))
    return SERVICE.format(
        name=name, version=VERSION, rule=rule, environment=_lines(settings, 4), volumes=volumes
    )


def _containers(service: Service, databases: str) -> str:
    migration = MIGRATION.format(name=service.name, version=VERSION, databases=databases)
    return migration + "".join(_process(service, process) for process in service.processes)


def _process(service: Service, process: str) -> str:
    container = service.container(process)
    more = ""
    if container.settings:
        more = f"    environment:\n      <<: *{service.name}-environment\n"
        more += _lines(_asked(container.settings), 6)
    if container.files:
        folder = f"./deploy/{container.files}:/etc/emarge/{container.files}:ro"
        own = f"{service.name}:{STORAGE}/{service.name}, " if service.storage else ""
        more += f"    volumes: [{own}{folder}]\n"
    return PROCESS.format(
        name=service.name,
        process=process,
        command=f"web --host 0.0.0.0 --port {WEB_PORT}" if process == "web" else process,
        more=more,
        networks="inside, front" if process == "web" else "inside",
        port=port_of(process),
        redis="" if process == "web" else REDIS,
        memory=container.memory,
    )


def _asked(settings: Sequence[str]) -> dict[str, str]:
    """What .env says of each; what is not ours is absent when .env does not have it."""
    asked = {name: _put_in(name) if name.startswith("EMARGE_") else "" for name in settings}
    if PAGES in asked:
        asked[PAGES] = _quoted(all_pages(_put_in))
    return asked


def _put_in(variable: str) -> str:
    return f"${{{variable}:-}}"


def _quoted(text: str) -> str:
    """For YAML, where it needs it."""
    plain = text[0] not in "{['\"&*!%@`" and ": " not in text and " #" not in text
    return text if plain else "'" + text.replace("'", "''") + "'"


def _lines(settings: Mapping[str, str], indent: int) -> str:
    return "".join(
        f"{' ' * indent}{name}: {value}".rstrip() + "\n" for name, value in settings.items()
    )
