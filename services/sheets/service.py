"""Sheets: what this service does with which event."""

from services.sheets.base.settings import NAME, SheetsSettings
from services.sheets.resources import Resources, open_resources
from shared.process.service import Service

service: Service[Resources] = Service(
    NAME,
    settings=SheetsSettings,
    resources=open_resources,
    web="services.sheets.web:create",
)
