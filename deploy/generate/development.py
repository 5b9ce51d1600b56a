"""A compose.override.yml to copy: the code of this folder in the containers, read on change."""

from collections.abc import Sequence

from deploy.services import Service

HEAD = """\
# Development in containers: cp compose.override.example.yml compose.override.yml, then the same
# `docker compose up`. The code is that of this folder; the web processes start again when it
# changes, the others with `docker compose restart notifications-worker`. Made by deploy/generate.
x-code: &code
  volumes:
    - ./shared:/emarge/shared:ro
    - ./services:/emarge/services:ro

services:
"""
WEB = """\
  {name}-web:
    <<: *code
    entrypoint: [uvicorn, --factory, "services.{name}.web:create", --reload]
    command: [--reload-dir, /emarge, --host, 0.0.0.0, --port, "8000"]
"""
ELSEWHERE = """\
  postgres:
    ports: ["127.0.0.1:5432:5432"]
  redis:
    ports: ["127.0.0.1:6379:6379"]
"""


def development(services: Sequence[Service]) -> str:
    parts = [
        WEB.format(name=service.name)
        if process == "web"
        else f"  {service.name}-{process}: *code\n"
        for service in services
        for process in service.processes
    ]
    return "".join([HEAD, *parts, ELSEWHERE])
