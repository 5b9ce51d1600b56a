"""python -m services.webhooks"""

from shared.base.importing import importing

with importing():
    from services.webhooks.service import service
    from shared.commands.cli import main

main(service)
