"""Where Prometheus finds the processes of services, and who hears when there is none."""

from collections.abc import Sequence

from deploy.generate.compose import port_of
from deploy.services import ROOT, Service

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
ABSENT_TEST = """\
rule_files: [alerts.yml]
evaluation_interval: 15s
tests:
  - name: a kind of process that is gone altogether is noticed
    interval: 15s
    input_series:
{series}    alert_rule_test:
      - eval_time: 3m
        alertname: NothingThere
        exp_alerts:
          - exp_labels: {{ severity: page, job: {missing} }}
            exp_annotations:
              summary: There is no {missing} at all
              action: docker compose up -d {missing}
"""


def scraped(services: Sequence[Service]) -> str:
    """Each process, found by Docker's DNS under its name, however many there are."""
    lines = [SCRAPE.format(job=job, port=port) for job, port in _jobs(services)]
    return HEAD + ("scrape_configs:\n" + "".join(lines) if lines else "scrape_configs: []\n")


def alerts(services: Sequence[Service]) -> str:
    """When a process is not there at all; the other alerts know no names."""
    absent = "\n          or ".join(f'absent(up{{job="{job}"}})' for job, _ in _jobs(services))
    return HEAD + (ABSENT.format(absent=absent) if absent else "groups: []\n")


def alerts_of_services(services: Sequence[Service]) -> dict[str, str]:
    """What each says itself: Prometheus looks for files in one folder, not in many."""
    said = {each.name: ROOT / "services" / each.name / "alerts.yml" for each in services}
    return {
        f"{name}.alerts.yml": file.read_text("utf-8")
        for name, file in said.items()
        if file.exists()
    }


def alerts_test(services: Sequence[Service]) -> str:
    """For promtool: of all processes one is missing, and that is said of it."""
    *there, (missing, _) = _jobs(services)
    series = (f'      - {{ series: \'up{{job="{job}"}}\', values: "1x40" }}\n' for job, _ in there)
    return HEAD + ABSENT_TEST.format(series="".join(series), missing=missing)


def _jobs(services: Sequence[Service]) -> list[tuple[str, int]]:
    return [
        (f"{service.name}-{process}", port_of(process))
        for service in services
        for process in service.processes
    ]
