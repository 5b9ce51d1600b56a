"""python -m services.sheets"""

from shared.base.importing import importing

with importing():
    from services.sheets.service import service
    from shared.commands.cli import main

main(service)
