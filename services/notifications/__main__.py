"""python -m services.notifications"""

from shared.base.importing import importing

with importing():
    from services.notifications.service import service
    from shared.commands.cli import main

main(service)
