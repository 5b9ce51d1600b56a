"""Pages and doors: the first view's weight, the programme with 2,000 registrations and 500 live
pages open, scans a second."""

import asyncio
import re
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from bench.load import Address, Answer, fire, get, post
from bench.report import Report
from bench.stage import SLUG, TIMEZONE, Stage, registration_body
from deploy.local.ports import LOOPBACK
from services.registration.day.headcounts import CHANNEL
from shared.base.redis_url import connect

PEOPLE = 2000
CLIENTS = 8
VIEWS = 300
LIVE = 500
SCANS = 600
PAGE = f"/c/{SLUG}"
STREAM = f"/api/conferences/{SLUG}/headcounts/stream"


def run(report: Report) -> None:
    with Stage.open() as stage:
        [port] = stage.start_web(processes=1)
        web = Address(LOOPBACK, port)
        bodies = [
            post(stage.registrations_path, registration_body(number)) for number in range(PEOPLE)
        ]
        accepted = fire([web], bodies, CLIENTS)
        report.figure("registrations", sum(a.status == 201 for a in accepted), of=PEOPLE)
        weigh_first_view(report, web)
        report.bound("the programme, median", median(view(web)), " ms", at_most=15)
        watch_while_others_do(report, stage, web)
        scan(report, stage, web)


def weigh_first_view(report: Report, web: Address) -> None:
    with httpx.Client(base_url=f"http://{web.host}:{web.port}", trust_env=False) as client:
        page = client.get(PAGE)
        parts = {PAGE, *re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)}
        for part in list(parts):
            if ".css" in part:
                fonts = re.findall(r'url\("([^"]+)"\)', client.get(part).text)
                parts |= {f"/static/{font}" for font in fonts}
        weight = sum(compressed(client, part) for part in parts)
        others = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?:', page.text)
    report.bound("first view, compressed", weight / 1000, " kB", at_most=60)
    report.bound("third-party requests", len(others), "", at_most=0)


def compressed(client: httpx.Client, path: str) -> int:
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum(len(chunk) for chunk in answer.iter_raw())


def view(web: Address) -> list[Answer]:
    """The page, made again and again for one visitor: its time is the server's."""
    page = get(PAGE, cookie="of=somebody")
    fire([web], [page] * 30, 1)
    return fire([web], [page] * VIEWS, 1)


def watch_while_others_do(report: Report, stage: Stage, web: Address) -> None:
    answers, subscriptions = asyncio.run(_watch(stage, web))
    report.bound(f"the same under {LIVE} live pages, median", median(answers), " ms", at_most=50)
    report.figure("Redis subscriptions of the process", subscriptions, of=1)


async def _watch(stage: Stage, web: Address) -> tuple[list[Answer], int]:
    async with AsyncExitStack() as pages:
        for _ in range(LIVE):
            reader, writer = await asyncio.open_connection(web.host, web.port)
            pages.callback(writer.close)
            writer.write(get(STREAM))
            await reader.readuntil(b"event: headcounts")
        answers = await asyncio.to_thread(view, web)
        redis = connect(stage.stack.environment("registration")["EMARGE_REDIS_URL"])
        return answers, int(redis.pubsub_numsub(CHANNEL)[0][1])


def scan(report: Report, stage: Stage, web: Address) -> None:
    """The day is moved to today; the badges come one after the other, then all doors at once."""
    programme = stage.stack.home / "programme.yaml"
    today = datetime.now(ZoneInfo(TIMEZONE)).date().isoformat()
    stage.stack.run("registration", "import", str(programme), "--date", today)
    token = stage.stack.run("registration", "token", "create", "door", "--role", "staff").strip()
    with httpx.Client(base_url=f"http://{web.host}:{web.port}", trust_env=False) as client:
        organiser = stage.stack.run("registration", "token", "create", "o", "--role", "organiser")
        client.headers["Authorization"] = f"Bearer {organiser.strip()}"
        rows = client.get(f"/api/conferences/{SLUG}/registrations.csv").text.splitlines()
    codes = [match[0] for row in rows if (match := re.search(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}\b", row))]
    badges = [
        post(f"/api/conferences/{SLUG}/checkins", {"code": code}, token=token) for code in codes
    ]
    one_by_one = fire([web], badges[: SCANS // 3], 1)
    started = time.perf_counter()
    together = fire([web], badges[SCANS // 3 : SCANS], CLIENTS)
    rate = len(together) / (time.perf_counter() - started)
    new = sum(answer.status == 201 for answer in (*one_by_one, *together))
    report.figure("scans accepted as new", new, of=SCANS)
    report.bound("a scan, 95 of 100", percentile(one_by_one, 95), " ms", at_most=100)
    report.ratio(f"scans, {CLIENTS} doors", rate, 50, "as many as 300 people in 6 s", at_least=1)


def median(answers: Sequence[Answer]) -> float:
    return statistics.median(answer.seconds for answer in answers) * 1000


def percentile(answers: Sequence[Answer], percent: int) -> float:
    return statistics.quantiles((a.seconds for a in answers), n=100)[percent - 1] * 1000
