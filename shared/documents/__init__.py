"""What any service needs to write documents of its own: the syntax of PDF and its metadata, fonts
cut to what is used, QR codes, the finished file, and its signature. How a page looks is theirs.

Its packages are the extra `documents`, so that no other service carries them.
"""
