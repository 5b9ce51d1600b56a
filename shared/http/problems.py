"""Refusals for machines: RFC 9457 problem details."""

from typing import Any

from fastapi.responses import JSONResponse

PROBLEM_TYPES = "/problems/"  # a relative reference, as RFC 9457 section 3.1.1 allows


class Problem(Exception):
    """A refusal, as RFC 9457 problem details: `slug` names the rule, `detail` is for a person."""

    def __init__(self, status: int, slug: str, title: str, detail: str = "", **extra: Any) -> None:
        super().__init__(title)
        self.status = status
        self.body = {
            "type": PROBLEM_TYPES + slug,
            "title": title,
            "status": status,
            **({"detail": detail} if detail else {}),
            **extra,
        }


def problem_response(problem: Problem) -> JSONResponse:
    return JSONResponse(
        problem.body, status_code=problem.status, media_type="application/problem+json"
    )
