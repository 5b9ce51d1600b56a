"""Services of your own in containers: what Compose, Caddy and Prometheus are told of the folders
that docker-compose.yml does not know. `deploy/fill-secrets` runs it.

    python3 -m deploy.own_services FOLDER    writes compose.yml, routes.caddy, scrape.yml and
                                             alerts.yml into it and prints the services' names

The three that Emarge comes with stand in docker-compose.yml, which says why each line is there.
"""

import sys
from pathlib import Path

from deploy.services import ROOT, NotAService, Service, found

COMPOSE = """\
# Of the folders under services/ that docker-compose.yml does not know. Made by deploy/fill-secrets.
x-container: &container
  restart: unless-stopped
  security_opt: ["no-new-privileges:true"]
  logging: { driver: local, options: { max-size: 10m, max-file: "5" } }
  read_only: true
  cap_drop: [ALL]
  networks: [inside]
x-watched: &watched { interval: 1s, timeout: 360s, start_period: 300s, retries: 1 }
"""
SERVICE = """\
x-{name}: &{name}
  <<: *container
  init: true
  image: ${{EMARGE_REGISTRY:-}}emarge-{name}:${{EMARGE_VERSION:-0.1.0}}
  pull_policy: never
  tmpfs: ["/tmp:size=64m,mode=1777"]
  stop_grace_period: 15s
  environment:
{environment}{volumes}  deploy: {{ resources: {{ limits: {{ memory: 512M, pids: 200 }} }} }}
"""
START = """\
  {name}-database:
    <<: *container
    image: ${{POSTGRES_IMAGE:-postgres:17}}
    user: postgres
    tmpfs: ["/tmp:size=8m,mode=1777"]
    restart: "no"
    entrypoint: ["/databases"]
    environment:
      PGHOST: ${{POSTGRES_HOST:-postgres}}
      PGUSER: postgres
      PGPASSWORD: ${{POSTGRES_PASSWORD}}
      SERVICES: {name}
      DATABASE_PASSWORD_{name}: ${{{upper}_DATABASE_PASSWORD}}
    volumes: ["./deploy/postgres/databases:/databases:ro"]
    depends_on: [postgres]
    deploy: {{ resources: {{ limits: {{ memory: 128M }} }} }}

  {name}-migrate:
    <<: *{name}
    build: {{ context: ., args: {{ SERVICE: {name}, VERSION: "${{EMARGE_VERSION:-0.1.0}}" }} }}
    pull_policy: missing
    restart: "no"
    healthcheck: {{ disable: true }}
    command: migrate
    depends_on: {{ {name}-database: {{ condition: service_completed_successfully }} }}
"""
PROCESS = """\

  {name}-{process}:
    <<: *{name}
    command: {command}
    networks: [{networks}]
    healthcheck: {{ <<: *watched, test: [CMD, stay-healthy, "{port}"] }}
    depends_on:
      redis: {{ condition: service_started }}
      {name}-migrate: {{ condition: service_completed_successfully }}
"""
SCRAPE = """\
  - job_name: {name}-{process}
    dns_sd_configs: [{{ names: [{name}-{process}], type: A, port: {port}, refresh_interval: 15s }}]
"""
ABSENT = """\
groups:
  - name: own
    rules:
      - alert: NothingThere
        expr: {absent}
        for: 2m
        labels: {{ severity: page }}
        annotations:
          summary: There is no {{{{ $labels.job }}}} at all
          action: docker compose up -d {{{{ $labels.job }}}}
"""
EVERYWHERE = {
    "EMARGE_BROKER_URL": "${EMARGE_BROKER_URL:-redis://:${REDIS_PASSWORD}@redis:6379/0}",
    "EMARGE_REDIS_URL": "${EMARGE_REDIS_URL:-redis://:${REDIS_PASSWORD}@redis:6379/1}",
    "EMARGE_PUBLIC_URL": "${EMARGE_PUBLIC_URL:-https://${EMARGE_HOST}}",
    "EMARGE_SERVICE_TOKEN": "${EMARGE_SERVICE_TOKEN}",
    "EMARGE_SECRET_KEY": "${EMARGE_SECRET_KEY}",
    "EMARGE_PROXIES": "${EMARGE_FRONT_SUBNET:-172.30.77.0/24}",
    "EMARGE_LOG_LEVEL": "${EMARGE_LOG_LEVEL:-INFO}",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "",
    "OTEL_EXPORTER_OTLP_HEADERS": "",
}
STORAGE = "/var/lib/emarge"
WEB_PORT, METRICS_PORT = 8000, 9100


def own() -> list[Service]:
    """Those that docker-compose.yml does not know."""
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    return [service for service in found() if f"\n  {service.name}-migrate:\n" not in compose]


def compose(services: list[Service]) -> str:
    """The file that docker-compose.yml includes."""
    if not services:
        return "services: {}\n"
    parts = [
        COMPOSE,
        *map(_settings, services),
        "services:\n",
        *(_containers(service) for service in services),
        "volumes:\n" if any(service.storage for service in services) else "",
        *(f"  {service.name}: {{}}\n" for service in services if service.storage),
    ]
    return "".join(parts)


def _settings(service: Service) -> str:
    """What all containers of a service have."""
    name, upper = service.name, service.name.upper()
    settings = {
        **EVERYWHERE,
        "EMARGE_DATABASE_URL": f"postgresql+psycopg://{name}:"
        f"${{{upper}_DATABASE_PASSWORD}}@${{POSTGRES_HOST:-postgres}}/{name}",
        "EMARGE_FEEDS": ",".join(f"{feed}=http://{feed}-web:{WEB_PORT}" for feed in service.feeds),
        **{setting: f"${{{setting}:-}}" for setting in service.settings},
    }
    volumes = ""
    if service.storage:
        settings["EMARGE_STORAGE_URL"] = f"{STORAGE}/{name}"
        volumes = f'  volumes: ["{name}:{STORAGE}/{name}"]\n'
    environment = "".join(f"    {setting}: {value}\n" for setting, value in settings.items())
    return SERVICE.format(name=name, environment=environment, volumes=volumes)


def _containers(service: Service) -> str:
    processes = (
        PROCESS.format(
            name=service.name,
            process=process,
            command=f"web --host 0.0.0.0 --port {WEB_PORT}" if process == "web" else process,
            networks="inside, front" if process == "web" else "inside",
            port=_port(process),
        )
        for process in service.processes
    )
    return START.format(name=service.name, upper=service.name.upper()) + "".join(processes) + "\n"


def routes(services: list[Service]) -> str:
    """Which paths Caddy leads to which of them."""
    lines = ["# Services of your own."]  # Caddy refuses a file with nothing in it
    for service in services:
        for number, path in enumerate(service.web):
            name = f"@{service.name}_{number}"
            parts = ("[^/]+" if part == "*" else part for part in path.rstrip("/").split("/"))
            lines += [
                f"{name} path_regexp ^{'/'.join(parts)}(/|$)",
                f"handle {name} {{",
                f"\timport replicas {service.name}-web",
                "}",
            ]
    return "".join(f"{line}\n" for line in lines)


def scraped(services: list[Service]) -> str:
    """Where Prometheus asks how they are."""
    return ("scrape_configs:\n" if services else "scrape_configs: []\n") + "".join(
        SCRAPE.format(name=service.name, process=process, port=_port(process))
        for service in services
        for process in service.processes
    )


def alerts(services: list[Service]) -> str:
    """Who hears when one of their processes is not there at all; the other alerts know no names."""
    jobs = [f"{service.name}-{process}" for service in services for process in service.processes]
    absent = " or ".join(f'absent(up{{job="{job}"}})' for job in jobs)
    return ABSENT.format(absent=absent) if jobs else "groups: []\n"


def _port(process: str) -> int:
    return WEB_PORT if process == "web" else METRICS_PORT


def main() -> None:
    (folder,) = map(Path, sys.argv[1:])
    try:
        services = own()
    except NotAService as error:
        sys.exit(f"own services: {error}")
    written = {
        "compose.yml": compose,
        "routes.caddy": routes,
        "scrape.yml": scraped,
        "alerts.yml": alerts,
    }
    for name, text in written.items():
        (folder / name).write_text(text(services), "utf-8")
    print("\n".join(service.name for service in services))


if __name__ == "__main__":
    main()
