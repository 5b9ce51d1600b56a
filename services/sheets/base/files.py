"""Where files are in the storage: each begins so, which is how an erasure finds them."""


def sealed_prefix(sheet_id: str) -> str:
    """Of every sealed file of a sheet; ids are of one length."""
    return f"sealed/{sheet_id}"


def bundle_prefix(slug: str) -> str:
    """Of every funder's file of a conference: no slug has a dot."""
    return f"bundles/{slug}."


def bundle_part_prefix(slug: str, bundle_id: str) -> str:
    """Of every part of one funder's file."""
    return f"{bundle_prefix(slug)}{bundle_id}-"
