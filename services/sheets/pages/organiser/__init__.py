"""The organiser's pages about sheets."""
