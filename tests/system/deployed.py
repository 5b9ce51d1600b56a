"""The containers of `docker compose`: what is in docker-compose.yml, and services."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILES = (ROOT / "docker-compose.yml", ROOT / "deploy/shipped/compose.yml")
COMPOSE = yaml.safe_load(FILES[0].read_text())
SHIPPED = yaml.safe_load(FILES[1].read_text())
CONTAINERS: dict[str, Any] = COMPOSE["services"] | SHIPPED["services"]
EXAMPLE = (ROOT / ".env.example").read_text()
OURS = [name for name in CONTAINERS if name.partition("-")[2] in ("web", "intake", "worker")]
ENDING = [name for name in CONTAINERS if name.endswith("-migrate") or name == "databases"]
