# shellcheck shell=sh disable=SC2034
# Sets `engine` to docker or podman, whichever answers; sourced by the scripts beside it.
# ENGINE names one of them and is then not looked for.

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
IMAGE=${IMAGE:-ichor:$version${GPU:+-gpu}}

engine=
for candidate in ${ENGINE:-docker podman}; do
  if "$candidate" info >/dev/null 2>&1; then
    engine=$candidate
    break
  fi
done
if [ -z "$engine" ]; then
  echo "ichor image: neither docker nor podman answers here (tried: ${ENGINE:-docker podman}); install one and start it, or name it: make image ENGINE=/path/to/podman" >&2
  exit 1
fi
case $("$engine" --version) in
  *[Pp]odman*) is_podman=yes ;;
  *) is_podman= ;;
esac

image_is_there() {
  if ! "$engine" image inspect "$IMAGE" >/dev/null 2>&1; then
    echo "ichor image: $engine has no image $IMAGE; make it first: make image IMAGE=$IMAGE" >&2
    exit 1
  fi
}
