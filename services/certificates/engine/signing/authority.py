"""A certificate authority of our own making, for demonstrations; its name says so."""


def demo_authority() -> tuple[bytes, bytes]:
    """A new self-made CA and a signing key under it: (PEM for Signer.from_pem, the CA's PEM)."""
    raise NotImplementedError
