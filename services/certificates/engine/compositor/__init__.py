"""The compositor: sets a template's type. WeasyPrint and Jinja2 live here and nowhere else.

Runs organisers' templates, so it works in the press's child process. Reads WeasyPrint's layout
through attributes that are not its public API (which is why WeasyPrint is pinned); whatever it does
not recognise makes the template slower, never wrong.
"""
