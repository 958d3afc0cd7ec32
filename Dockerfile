# Two images from one file: `app` (bot and actions, Python 3.12) and `rasa` (Python 3.10).
# Node only puts the console's files together.
#   docker build --target app -t tne-app .    docker build --target rasa -t tne-rasa .

FROM node:22-bookworm-slim AS assets
WORKDIR /srv/static
COPY bot/console/static/package.json bot/console/static/package-lock.json bot/console/static/.npmrc ./
RUN npm ci --omit=dev
COPY bot/console/static ./
RUN node build.mjs /srv/assets

FROM python:3.12-slim-bookworm AS app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
RUN useradd --system --create-home --uid 10001 tne \
    && mkdir -p /srv/tne/var && chown tne:tne /srv/tne/var
WORKDIR /srv/tne
COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt
COPY core core
COPY actions actions
COPY bot bot
COPY migrations migrations
COPY locale locale
COPY content content
COPY domain.yml .
COPY --from=assets /srv/assets build/assets
USER tne
VOLUME /srv/tne/var
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD python -c "import os,urllib.request as u; u.urlopen(os.environ.get('HEALTH_URL','http://127.0.0.1:8080/health'),timeout=2)"
CMD ["sh", "-c", "python -m bot migrate && exec python -m bot run"]

# The training data, made by the side that knows how to read content/.
FROM app AS compiled
USER root
RUN python -m bot content compile

FROM python:3.10-slim-bookworm AS rasa
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    RASA_TELEMETRY_ENABLED=false PYTHONPATH=/srv/tne OMP_NUM_THREADS=1 MPLCONFIGDIR=/tmp \
    PYTHONWARNINGS=ignore SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3
RUN useradd --system --create-home --uid 10001 tne \
    && mkdir -p /srv/tne/models /srv/tne/build && chown -R tne:tne /srv/tne
WORKDIR /srv/tne
COPY nlu/requirements.txt nlu/requirements.txt
RUN pip install --require-hashes -r nlu/requirements.txt
COPY nlu nlu
COPY config.yml endpoints.yml endpoints.scale.yml credentials.yml ./
COPY --from=compiled --chown=tne:tne /srv/tne/build/rasa build/rasa
USER tne
RUN rasa train --config config.yml --domain build/rasa/domain.yml --data build/rasa \
    --out models --fixed-model-name tne --skip-validation
EXPOSE 5005
HEALTHCHECK --interval=15s --timeout=3s --start-period=90s \
    CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:5005/webhooks/rest/',timeout=2)"
CMD ["sh", "-c", "exec rasa run --interface 0.0.0.0 --port 5005 --model models/tne.tar.gz \
     --endpoints ${RASA_ENDPOINTS:-endpoints.yml} --credentials credentials.yml"]
