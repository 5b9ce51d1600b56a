"""python -m services.registration"""

from shared.base.importing import importing

with importing():
    from services.registration.service import service
    from shared.commands.cli import main

main(service)
