"""python -m services.webhooks"""

from services.webhooks.service import service
from shared.commands.cli import main

main(service)
