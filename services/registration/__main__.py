"""python -m services.registration"""

from services.registration.service import service
from shared.commands.cli import main

main(service)
