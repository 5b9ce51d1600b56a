"""The organiser's pages of one conference, behind registration's sign-in."""
