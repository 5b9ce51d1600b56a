"""python -m services.certificates"""

from shared.base.importing import importing

with importing():
    from services.certificates.service import service
    from shared.commands.cli import main

main(service)
