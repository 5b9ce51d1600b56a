"""The funder's file: one ZIP of a conference, with all that shows who was there."""
