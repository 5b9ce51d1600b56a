"""python -m services.certificates …"""

from services.certificates.service import service
from shared.commands.cli import main

main(service)
