# One image per service:  docker build --build-arg SERVICE=certificates -t emarge-certificates .
# It holds shared/, services/$SERVICE and that service's own dependencies, and nothing else.
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS build
ENV UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/venv \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1
RUN pip install --no-cache-dir --root-user-action=ignore uv==0.13.9
WORKDIR /emarge
ARG SERVICE
# The dependencies first: a change of code does not install them again.
COPY pyproject.toml uv.lock ./
COPY shared/pyproject.toml shared/
COPY services/${SERVICE}/pyproject.toml services/${SERVICE}/
RUN uv sync --frozen --no-dev --package "${SERVICE}"
# What only a compiler or a type checker reads, and the 1,000 locales of which the pages speak two.
ARG LANGUAGES="en fr"
RUN cd /venv/lib/python3*/site-packages \
 && find . \( -name '*.c' -o -name '*.h' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pyi' \) -delete \
 && find . -type d -name tests -prune -exec rm -rf {} + \
 && if [ -d babel ]; then \
      mkdir kept && cp babel/locale-data/root.dat kept \
      && for language in ${LANGUAGES}; do cp babel/locale-data/${language}.dat babel/locale-data/${language}_* kept; done \
      && rm -rf babel/locale-data && mv kept babel/locale-data; \
    fi \
 && python3 -m compileall -q -j 2 .
COPY shared shared
COPY services/${SERVICE} services/${SERVICE}
# A root file system that is read only cannot keep bytecode that is made later.
RUN python3 -m compileall -q shared services

FROM ${PYTHON}
ARG SERVICE
# A service's debian-packages.txt names the libraries and fonts that it needs at run time.
COPY services/${SERVICE}/debian-packages.tx[t] /tmp/
RUN if [ -f /tmp/debian-packages.txt ]; then \
      apt-get update \
      && grep -v '^#' /tmp/debian-packages.txt | xargs apt-get install -y --no-install-recommends \
      && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/* /tmp/*; \
    fi \
 && groupadd --system --gid 10001 emarge \
 && useradd --system --uid 10001 --gid emarge --no-create-home --home-dir /nonexistent emarge \
 # `docker compose exec SERVICE-web emarge status` instead of `python -m services.SERVICE status`
 && printf '#!/bin/sh\nexec python -m services.%s "$@"\n' "${SERVICE}" > /usr/local/bin/emarge \
 && chmod 755 /usr/local/bin/emarge \
 # where a volume for files is mounted: it takes this folder's owner
 && install -d -o emarge -g emarge /var/lib/emarge
COPY deploy/health/stay-healthy /usr/local/bin/
COPY --from=build /venv /venv
COPY --from=build /emarge/shared /emarge/shared
COPY --from=build /emarge/services /emarge/services
ENV PATH=/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    # Threads share two heaps instead of having one each, which halves what a web process keeps.
    MALLOC_ARENA_MAX=2 \
    EMARGE_HOME=/var/lib/emarge \
    EMARGE_METRICS_PORT=9100 \
    EMARGE_LOG_FORMAT=json
WORKDIR /emarge
USER emarge
STOPSIGNAL SIGTERM
ENTRYPOINT ["emarge"]
CMD ["--help"]
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="emarge-${SERVICE}" \
      org.opencontainers.image.description="Emarge: the ${SERVICE} service" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
