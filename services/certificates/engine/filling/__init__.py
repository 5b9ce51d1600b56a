"""Fills a shape with one person's strings: shapes glyphs, subsets fonts, writes and signs the file.

Knows nothing of HTML, templates or WeasyPrint.
"""
