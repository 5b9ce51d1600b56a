"""python -m services.sheets"""

from services.sheets.service import service
from shared.commands.cli import main

main(service)
