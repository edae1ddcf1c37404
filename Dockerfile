# The image of ichor: the locked environment, our wheel over it, nothing else. docs/image.md says how and why.
ARG BASE_IMAGE=debian:bookworm-slim

# What only the build needs: a compiler for pyfarmhash, Python's headers, uv of the version that pyproject.toml requires.
FROM ${BASE_IMAGE} AS builder
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates g++ python3.11-dev python3.11-venv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY pyproject.toml tools/image/with_ca.sh ./
RUN --mount=type=secret,id=ca python3.11 -m venv /uv && sh with_ca.sh \
      /uv/bin/pip install --no-cache-dir "uv==$(sed -n 's/^required-version = ">=\(.*\)"$/\1/p' pyproject.toml)"
# Bytecode by hash, not by time: a builder may change times, and with stale bytecode importing TFX takes 45 s, not 13.
ENV UV_PROJECT_ENVIRONMENT=/opt/ichor UV_PYTHON=/usr/bin/python3.11 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy \
    UV_COMPILE_BYTECODE_TIMEOUT=600 PYC_INVALIDATION_MODE=UNCHECKED_HASH CFLAGS=-g0 CXXFLAGS=-g0

# The lock first: this layer of some GB stays as it is while only our code changes.
FROM builder AS locked
COPY uv.lock ./
ARG GPU=
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache/uv sh with_ca.sh \
      /uv/bin/uv sync --frozen --no-default-groups --group stack ${GPU:+--group gpu} \
        --no-install-project --compile-bytecode
COPY tools/image/prune.sh ./
RUN sh prune.sh /opt/ichor

# Our wheel after, without dependencies (docs/decisions/0001-stack.md), in an empty environment of the same path.
FROM builder AS wheel
ARG SOURCE_DATE_EPOCH
COPY . ./
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache/uv \
    sh with_ca.sh /uv/bin/uv build --wheel --out-dir /wheel \
 && sh tools/image/install.sh /wheel /opt/ichor

FROM ${BASE_IMAGE}
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates python3.11 \
 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
# Debian's bytecode of the standard library goes by the sources' times, which a builder may change.
 && python3.11 -m compileall -q -f --invalidation-mode unchecked-hash /usr/lib/python3.11 \
# Group 0 may write where a user may, so that any user id works, as OpenShift gives them. The three last are where
# Kubeflow's launcher keeps a step's files.
 && useradd --uid 10001 --gid 0 --no-log-init --no-create-home --home-dir /home/ichor ichor \
 && install -d -m 1777 /home/ichor /s3 /gcs /minio
COPY --from=locked /opt/ichor /opt/ichor
COPY --from=wheel /opt/ichor /opt/ichor
# getpass reads USER: an unknown user id has no entry in passwd. PYTHONSAFEPATH: nothing in the working directory is
# taken for a package of the image, whoever starts Python there.
ENV PATH=/opt/ichor/bin:$PATH HOME=/home/ichor USER=ichor LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONSAFEPATH=1
WORKDIR /home/ichor
USER 10001:0
RUN --mount=type=tmpfs,target=/tmp \
    --mount=type=bind,source=tools/image/check_imports.py,target=/run/check_imports.py \
    HOME=/tmp python /run/check_imports.py

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ichor" \
      org.opencontainers.image.description="A TFX pipeline for head-CT slices: hemorrhage or normal" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
