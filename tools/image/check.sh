#!/bin/sh
# shellcheck disable=SC2086  # some variables are several words
# Runs the whole demo in a container as a cluster would run a step: an unknown user id, a root file system that cannot
# be written, no network, /tmp in memory. Environment, each may be left out:
#   IMAGE    the image                                        (ichor:VERSION)
#   OUT      an empty folder for what the demo makes; kept    (a temporary one, removed)
#   ENGINE   docker or podman                                 (whichever answers)
set -eu
cd "$(dirname "$0")/../.."
. tools/image/engine.sh
image_is_there
fail() {
  echo "ichor image: $1" >&2
  exit 1
}

strict="--rm --read-only --network=none --cap-drop=ALL --security-opt=no-new-privileges --tmpfs /tmp"
if [ -n "$is_podman" ]; then strict="$strict --read-only-tmpfs=false"; fi

[ "$("$engine" image inspect --format '{{len .Config.Entrypoint}}' "$IMAGE")" = 0 ] || fail "$IMAGE has an ENTRYPOINT; Kubeflow's commands would come after it"
case $("$engine" image inspect --format '{{.Config.User}}' "$IMAGE") in
  "" | 0 | 0:* | root | root:*) fail "$IMAGE runs as root where nobody names a user" ;;
esac
# Without a group that may write, from a folder that cannot be written, by the module's name as Kubeflow calls it.
"$engine" run $strict --user 54321:54321 -w / "$IMAGE" python -m pipeline.cli --version ||
  fail "python -m pipeline.cli does not run as user 54321:54321"
"$engine" run $strict --user 54321:54321 -w /tmp "$IMAGE" \
    sh -c 'mkdir pipeline && touch pipeline/__init__.py && exec python -m pipeline.cli --version' ||
  fail "a package pipeline in the working directory is taken for ichor's"

if [ -n "${OUT:-}" ]; then
  mkdir -p "$OUT"
  OUT=$(cd "$OUT" && pwd)
else
  OUT=$(mktemp -d)
  trap 'rm -rf "$OUT" || true' EXIT
fi
# Whoever calls, so that he can remove what was made; not root.
user=$(id -u)
if [ "$user" -eq 0 ]; then user=12345; fi
chmod 1777 "$OUT"
began=$(date +%s)
"$engine" run $strict --user "$user:0" -v "$OUT:/work" -w /work "$IMAGE" ichor demo ||
  fail "the demo failed in the container"
set -- "$OUT"/demo/output/pushed/*/saved_model.pb
[ -s "$1" ] || fail "the demo said it had ended well, but no model lies in $OUT/demo/output/pushed"
echo "ichor image: the demo ran in $(($(date +%s) - began)) s in $IMAGE: as $user:0, read-only, without network"
