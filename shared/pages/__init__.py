"""What the pages of every service share: their look, their safety, their language.

site = Site(Path(__file__).parent, settings.public_url)
site.install(app)
site.page(request, "programme.html", conference=conference)
"""

from shared.pages.site import Site

__all__ = ["Site"]
