#!/bin/sh
# Makes a base image from Debian's packages alone, where no image registry can be reached. Needs root and debootstrap.
# Environment, each may be left out:
#   BASE_IMAGE      its name            (ichor-base:bookworm)
#   DEBIAN_MIRROR   where packages are  (http://deb.debian.org/debian)
#   ENGINE          docker or podman    (whichever answers)
set -eu
cd "$(dirname "$0")/../.."
IMAGE=${BASE_IMAGE:-ichor-base:bookworm}
. tools/image/engine.sh
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null 2>&1; then
  echo "ichor image: a base is made as root with debootstrap (Debian: apt-get install debootstrap)" >&2
  exit 1
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || {
  tail -n 20 "$root.log" >&2
  exit 1
}
rm -f "$root.log"
cat >"$root/etc/apt/sources.list" <<LIST
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb ${mirror%/debian}/debian-security bookworm-security main
LIST

# What Debian's own slim image leaves out, and what differs from one making to the next.
find "$root/usr/share/doc" -type f ! -name copyright -delete
find "$root/usr/share/doc" -mindepth 1 -type d -empty -delete
find "$root/usr/share/locale" -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
rm -rf "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/var/cache/* "$root"/var/log/* \
  "$root"/var/lib/apt/lists/* "${root:?}"/dev/* "$root"/etc/machine-id "$root"/etc/hostname "$root"/etc/resolv.conf
packages=$(find "$root/var/lib/dpkg/info" -name '*.list' -printf '%f\n' | wc -l)

tar -C "$root" --sort=name --numeric-owner --mtime=@315532800 --pax-option=delete=atime,delete=ctime -cf - . |
  "$engine" import --change 'CMD ["/bin/bash"]' - "$IMAGE"
echo "ichor image: $IMAGE, $packages Debian packages of $mirror"
