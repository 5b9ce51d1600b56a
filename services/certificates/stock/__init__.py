"""Certificates without the engine: stock WeasyPrint, by its public interface, and pyHanko.

What every comparison goes back to, and what makes documents when the engine cannot: slower, and
without what WeasyPrint does not write (docs/certificates.md says which).
"""
