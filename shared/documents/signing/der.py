"""The two DER encodings that are assembled by hand (ITU-T X.690, 8.1 and 10.1)."""

SEQUENCE, SET, OCTET_STRING = 0x30, 0x31, 0x04


def encoded(tag: int, content: bytes) -> bytes:
    """Tag, definite length, content."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def context(number: int, content: bytes) -> bytes:
    """A constructed, context-specific element: [number]."""
    return encoded(0xA0 | number, content)
