"""Where Prometheus finds the processes of services, and who hears when there is none."""

from collections.abc import Sequence

from deploy.generate.compose import port_of
from deploy.services import Service

HEAD = "# Made by deploy/generate from the folders under services/.\n"
SCRAPE = """\
  - job_name: {job}
    dns_sd_configs: [{{ names: [{job}], type: A, port: {port}, refresh_interval: 15s }}]
"""
ABSENT = """\
groups:
  - name: processes
    rules:
      - alert: NothingThere
        expr: >-
          {absent}
        for: 2m
        labels: {{ severity: page }}
        annotations:
          summary: There is no {{{{ $labels.job }}}} at all
          action: docker compose up -d {{{{ $labels.job }}}}
"""


def scraped(services: Sequence[Service]) -> str:
    """Each process, found by Docker's DNS under its name, however many there are."""
    lines = [SCRAPE.format(job=job, port=port) for job, port in _jobs(services)]
    return HEAD + ("scrape_configs:\n" + "".join(lines) if lines else "scrape_configs: []\n")


def alerts(services: Sequence[Service]) -> str:
    """When a process is not there at all; the other alerts know no names."""
    absent = "\n          or ".join(f'absent(up{{job="{job}"}})' for job, _ in _jobs(services))
    return HEAD + (ABSENT.format(absent=absent) if absent else "groups: []\n")


def _jobs(services: Sequence[Service]) -> list[tuple[str, int]]:
    return [
        (f"{service.name}-{process}", port_of(process))
        for service in services
        for process in service.processes
    ]
