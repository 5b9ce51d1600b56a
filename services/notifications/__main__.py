"""python -m services.notifications"""

from services.notifications.service import service
from shared.cli import main

main(service)
