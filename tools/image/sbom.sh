#!/bin/sh
# Writes what is in the image as CycloneDX: Python's packages from uv.lock, with hashes, compared with those that the
# image says it holds; Debian's from the image. Environment, each may be left out:
#   IMAGE    the image              (ichor:VERSION, with -gpu where GPU is set)
#   GPU      1 where it was built so
#   SBOM     the file to write      (ichor.cdx.json)
#   ENGINE   docker or podman       (whichever answers)
set -eu
cd "$(dirname "$0")/../.."
. tools/image/engine.sh
image_is_there
uv=$(sh tools/preflight.sh | sed -n 's/^uv=//p')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${uv:-.uv/bin/uv}" export --quiet --frozen --format cyclonedx1.5 --no-emit-project --no-default-groups --group stack \
  ${GPU:+--group gpu} >"$work/locked.json"
"$engine" run --rm --network=none -i "$IMAGE" python - <tools/image/list_contents.py >"$work/held.json"
.venv/bin/python tools/image/sbom.py "$work/locked.json" "$work/held.json" "${SBOM:-ichor.cdx.json}"
