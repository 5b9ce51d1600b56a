"""python -m services.registration"""

from services.registration.service import service
from shared.cli import main

main(service)
