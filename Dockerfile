# One image per service:  docker build --build-arg SERVICE=certificates -t emarge-certificates .
#
# What all services stand on (shared/, its packages, fonts) is made without knowing the service, so
# the images have those layers in common: on disk, on the network and in the page cache they are
# there once. On top come services/$SERVICE and the packages that only it needs.
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS shared-packages
ENV UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/venv UV_LINK_MODE=copy UV_NO_CACHE=1
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null \
 && pip install --no-cache-dir --root-user-action=ignore uv==0.13.9
ARG LANGUAGES="en fr"
COPY deploy/image/slim /usr/local/bin/
WORKDIR /emarge
COPY pyproject.toml uv.lock ./
COPY shared/pyproject.toml shared/
RUN uv sync --frozen --no-dev --package shared --extra handouts --extra tracing \
 && slim /venv/lib/python3*/site-packages

FROM shared-packages AS service-packages
ARG SERVICE
# What only some need: --build-arg EXTRA=pkcs11, for certificates whose key is in a device.
ARG EXTRA=
COPY services/${SERVICE}/pyproject.toml services/${SERVICE}/
RUN find /venv ! -type d | sort > /shared-files \
 && uv sync --frozen --no-dev --inexact --package "${SERVICE}" ${EXTRA:+--extra "${EXTRA}"} \
 && slim /venv/lib/python3*/site-packages \
 && mkdir /added \
 && find /venv ! -type d | sort | comm -13 /shared-files - | tar -c -T - | tar -x -C /added

FROM ${PYTHON} AS code
WORKDIR /emarge
COPY shared shared
ARG SERVICE
COPY services/${SERVICE} services/${SERVICE}
RUN python3 -m compileall -q shared services

FROM ${PYTHON} AS runtime
COPY deploy/image/install-typesetting /usr/local/sbin/
RUN install-typesetting \
 && groupadd --system --gid 10001 emarge \
 && useradd --system --uid 10001 --gid emarge --no-create-home --home-dir /nonexistent emarge \
 && install -d -o emarge -g emarge /var/lib/emarge
COPY deploy/image/stay-healthy /usr/local/bin/
COPY --from=shared-packages /venv /venv

FROM runtime
ARG SERVICE
ARG VERSION=0.1.0
COPY --from=service-packages /added /
COPY --from=code /emarge /emarge
# A volume that is mounted in the service's folder takes its owner.
# `docker compose exec registration-web emarge status` instead of `python -m services.… status`
RUN install -d -o emarge -g emarge "/var/lib/emarge/${SERVICE}" \
 && printf '#!/bin/sh\nexec python -m services.%s "$@"\n' "${SERVICE}" > /usr/local/bin/emarge \
 && chmod 755 /usr/local/bin/emarge
# MALLOC_ARENA_MAX: threads share two heaps instead of each having its own.
ENV PATH=/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    XDG_CACHE_HOME=/tmp \
    EMARGE_HOME=/var/lib/emarge \
    EMARGE_METRICS_PORT=9100 \
    EMARGE_LOG_FORMAT=json
WORKDIR /emarge
USER emarge
STOPSIGNAL SIGTERM
ENTRYPOINT ["emarge"]
CMD ["--help"]
LABEL org.opencontainers.image.title="emarge-${SERVICE}" \
      org.opencontainers.image.description="Emarge: the ${SERVICE} service" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
