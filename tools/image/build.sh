#!/bin/sh
# shellcheck disable=SC2086  # some variables are several words
# Builds the image. Environment, each may be left out:
#   IMAGE        its name                              (ichor:VERSION, with -gpu where GPU is set)
#   BASE_IMAGE   a Debian 12 to build on               (debian:bookworm-slim)
#   GPU          1 puts CUDA's libraries in            (none)
#   CA_BUNDLE    certificates for this build alone     (those of the base image)
#   ENGINE       docker or podman                      (whichever answers)
#   BUILD_FLAGS  more flags for the engine's build     (none)
#   SOURCE_DATE_EPOCH  the time that files bear        (that of the last change of what is locked)
set -eu
cd "$(dirname "$0")/../.."
. tools/image/engine.sh

# Not the time of the last commit: the layer of locked packages has to stay as it is while our code changes.
locked="pyproject.toml uv.lock Dockerfile tools/image/prune.sh tools/image/with_ca.sh"
revision=unknown
if git rev-parse HEAD >/dev/null 2>&1; then
  revision=$(git rev-parse HEAD)
  if [ -n "$(git status --porcelain -- $locked LICENSE README.md setup.py schemas components pipeline)" ]; then
    revision=$revision-modified
  fi
  SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct -- $locked)}
fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800} # 1980: a wheel cannot bear an earlier time

set -- --tag "$IMAGE" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
  --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH"
if [ -n "${BASE_IMAGE:-}" ]; then set -- "$@" --build-arg "BASE_IMAGE=$BASE_IMAGE"; fi
if [ -n "${GPU:-}" ]; then set -- "$@" --build-arg GPU=1; fi
if [ -n "${CA_BUNDLE:-}" ]; then set -- "$@" --secret "id=ca,src=$CA_BUNDLE"; fi
if [ -n "$is_podman" ]; then set -- "$@" --timestamp "$SOURCE_DATE_EPOCH"; fi

echo "ichor image: building $IMAGE with $engine"
"$engine" build "$@" ${BUILD_FLAGS:-} .
bytes=$("$engine" image inspect --format '{{.Size}}' "$IMAGE")
echo "ichor image: $IMAGE, $(awk "BEGIN { printf \"%.2f GB\", $bytes / 1e9 }"), revision $revision"
