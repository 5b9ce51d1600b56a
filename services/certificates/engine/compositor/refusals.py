"""Why a template, or a shape of it, is laid out in full for everyone."""

Place = tuple[str, ...]  # a path in the context, with `*` for positions in lists


class NotFast(Exception):
    """The layout depends on the strings in a way that is not understood; says which."""


class ReadsValue(Exception):
    """The template does more with a string than output it."""

    def __init__(self, place: Place) -> None:
        super().__init__(".".join(place))
        self.place = place
