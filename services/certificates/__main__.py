"""python -m services.certificates …"""

from services.certificates.service import service
from shared.cli import main

main(service)
