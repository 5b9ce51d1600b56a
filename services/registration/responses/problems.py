"""Refusals and malformed bodies as RFC 9457 problems, in the language of who asks."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError

from services.registration.base.refusals import Invalid, NotFound, Refusal
from shared.http.problems import Problem, problem_response
from shared.words.language import Language, Languages

# Pydantic's types of error, in words for the person who filled in the form.
RULES = {
    "missing": "is required",
    "string_too_short": "is required",
    "string_too_long": "must have at most %(max_length)s characters",
    "string_type": "must be text",
    "model_attributes_type": "must be a JSON object",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "too_long": "must have at most %(max_length)s entries",
    "literal_error": "must be one of: %(expected)s",
    "email": "is not a valid email address",
    "control_character": "must not contain control characters",
    "not_a_name": "must be written in letters",
    "link_in_name": "must not contain a link or an address",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "far_away": "must be between %(first)s and %(last)s",
    "timezone_aware": "must be a date and time with its time zone",
    "datetime_parsing": "must be a date and time with its time zone",
    "datetime_from_date_parsing": "must be a date and time with its time zone",
    "int_type": "must be a number",
    "int_parsing": "must be a number",
    "int_from_float": "must be a number",
    "greater_than_equal": "must be at least %(ge)s",
    "less_than_equal": "must be at most %(le)s",
    "extra_forbidden": "is not a field that is known here",
}


def answer_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return problem_response(problem_of(refusal, language_of(request)))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        language = language_of(request)
        return problem_response(malformed_problem(error.errors(), language))


def language_of(request: Request) -> Language:
    """That of `Accept-Language`; English for machines that do not say."""
    languages: Languages = request.app.state.languages
    return languages.preferred(request.headers.get("accept-language", ""), default="en")


def problem_of(refusal: Refusal, language: Language) -> Problem:
    title = language.gettext(refusal.message) % refusal.parameters
    if isinstance(refusal, Invalid):
        return _fields_problem(
            language,
            [
                (fault.pointer, refusal.code, language.gettext(fault.message) % fault.parameters)
                for fault in refusal.faults
            ],
        )
    return Problem(refusal.status, refusal.code, title, **{"code": refusal.code, **refusal.extra})


def malformed_problem(errors: Any, language: Language) -> Problem:
    if any(error["type"] == "json_invalid" for error in errors):
        title = language.gettext("The body is not JSON.")
        return Problem(422, "invalid-json", title, code="invalid-json")
    if any(error["loc"] and error["loc"][0] == "path" for error in errors):
        return problem_of(NotFound(), language)
    return _fields_problem(
        language,
        [(_pointer(error["loc"]), error["type"], _rule(error, language)) for error in errors],
    )


def _fields_problem(language: Language, fields: list[tuple[str, str, str]]) -> Problem:
    return Problem(
        422,
        "invalid",
        language.gettext(Invalid.message),
        code="invalid",
        errors=[
            {"pointer": pointer, "rule": rule, "detail": detail} for pointer, rule, detail in fields
        ],
    )


def _rule(error: Mapping[str, Any], language: Language) -> str:
    if error["type"] == "literal_error" and error["loc"][-1:] == ("consent",):
        return language.gettext("is needed: without consent nothing may be stored")
    known = RULES.get(error["type"])
    if known is None:
        return str(error["msg"]).removeprefix("Value error, ")
    context: dict[str, Any] = error.get("ctx", {})
    return language.gettext(known) % context


def _pointer(location: tuple[int | str, ...]) -> str:
    parts = location[1:] if location[:1] in (("body",), ("query",), ("header",)) else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
