"""What is refused where a door frees seats and lets people into them."""

from services.registration.base.refusals import Conflict, NotAllowed


class SessionOver(Conflict):
    code = "session-over"
    message = "“%(title)s” is over."


class SeatsStay(Conflict):
    code = "seats-stay"
    message = "“%(title)s”: seats stay with whoever holds them, present or not."


class GraceNotOver(Conflict):
    code = "grace-not-over"
    message = "The seats of “%(title)s” can be freed from %(time)s on."


class LineNotOpen(Conflict):
    code = "line-not-open"
    message = "The line at the door of “%(title)s” opens at %(time)s."


class PresentAlready(Conflict):
    code = "present-already"
    message = "This person has been let in here already."


class SeatedAlready(Conflict):
    code = "seated-already"
    message = "This person has a seat here: check them in."


class NotTheirTurn(Conflict):
    code = "not-their-turn"
    message = "Somebody else is first in the line at this door."


class NobodyInLine(Conflict):
    code = "nobody-in-line"
    message = "Nobody stands in the line at this door."


class NothingToTakeBack(Conflict):
    code = "nothing-to-take-back"
    message = "Nothing was done here that could be taken back."


class AnotherDoors(NotAllowed):
    code = "another-doors"
    message = "Another door did this: it can take it back, or an organiser."
