"""What every page works with: the site, the database, and who is visiting."""

from typing import Annotated

from fastapi import Depends, Request

from shared.database import Database
from shared.language import Language
from shared.pages import Site
from shared.pages.visitors import Visitor, visitor_of


async def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def language_of(request: Request) -> Language:
    site: Site = request.app.state.site
    return site.language(request)


OnSite = Annotated[Site, Depends(site_of)]
InDatabase = Annotated[Database, Depends(database_of)]
Speaking = Annotated[Language, Depends(language_of)]
Who = Annotated[Visitor, Depends(visitor_of)]
