"""python -m services.notifications"""

from services.notifications.service import service
from shared.commands.cli import main

main(service)
