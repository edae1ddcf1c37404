#!/bin/sh
# Prints in one line each what this machine lacks for set-up, before anything is downloaded.
# On success prints `python=PATH` and `uv=PATH` (empty where uv has to be installed into the project).
# Environment: PYTHON, the interpreter to use; CXX and UV_CACHE_DIR as the compiler and uv know them.
set -u

PYTHON_NEEDED=3.11
GLIBC_NEEDED=2.28      # the newest that any wheel chosen from uv.lock needs; a test compares the two
VENV_KB=4000000        # measured: 3.6 GB, 0.5 of it bytecode
CACHE_KB=3500000       # measured: 3.2 GB; on one file system .venv is hard links into it
TOGETHER_KB=4500000    # measured: 3.7 GB, the cache and the bytecode

problems=0
problem() {
  printf 'ichor set-up: %s\n' "$1" >&2
  problems=$((problems + 1))
}
gigabytes() { awk "BEGIN { printf \"%.1f GB\", $1 / 1000000 }"; }
not_older() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; } # is $1 at least $2?

check_platform() {
  platform="$(uname -s) $(uname -m)"
  if [ "$platform" != "Linux x86_64" ]; then
    problem "this machine is $platform, but the locked packages exist for Linux x86_64 only; use such a machine or container."
    return
  fi
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null)
  if [ -z "$glibc" ]; then
    problem "no glibc here (Alpine and other musl systems have none); the locked packages need glibc $GLIBC_NEEDED or newer."
  elif ! not_older "${glibc#glibc }" "$GLIBC_NEEDED"; then
    problem "glibc is ${glibc#glibc }, but the locked packages need $GLIBC_NEEDED or newer (Debian 10, Ubuntu 20.04, RHEL 8 or later)."
  fi
}

# Sets python, or leaves it empty and says what was found instead.
find_python() {
  python=
  include=
  seen=
  for candidate in "${PYTHON:-python3.11}" "${PYTHON:-python3}"; do
    # A pyenv shim exists for versions that are not active and then fails: only what runs counts.
    answer=$("$candidate" -c '
import platform, sys, sysconfig
print("%s %d.%d" % ((platform.python_implementation(),) + tuple(sys.version_info[:2])))
print(sys.executable)
print(sysconfig.get_paths()["include"])' 2>/dev/null) || continue
    version=$(printf '%s\n' "$answer" | sed -n 1p)
    if [ "$version" = "CPython $PYTHON_NEEDED" ]; then
      python=$(printf '%s\n' "$answer" | sed -n 2p)
      include=$(printf '%s\n' "$answer" | sed -n 3p)
      return
    fi
    seen="$candidate is $version"
  done
  if [ -n "${PYTHON:-}" ] && [ -z "$seen" ]; then seen="PYTHON=$PYTHON does not run"; fi
  problem "needs Python $PYTHON_NEEDED, but ${seen:-neither python3.11 nor python3 runs}; install it, or name it: make PYTHON=/path/to/python3.11"
}

check_compiler() {
  compiler=${CXX:-g++}
  if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
    problem "no C++ compiler ($compiler): one package, pyfarmhash, is built from source; install g++ (Debian: apt-get install g++)."
  fi
  if [ -n "$python" ] && [ ! -f "$include/Python.h" ]; then
    problem "no Python.h in $include: one package, pyfarmhash, is built from source; install Python's headers (Debian: apt-get install python3.11-dev)."
  fi
}

# Sets uv to the project's own or the user's, where new enough; pyproject.toml says what is.
find_uv() {
  uv_needed=$(sed -n 's/^required-version = ">=\(.*\)"$/\1/p' pyproject.toml)
  uv=
  for candidate in .uv/bin/uv uv; do
    uv_version=$("$candidate" --version 2>/dev/null | awk '{ print $2 }')
    if [ -n "$uv_version" ] && not_older "$uv_version" "$uv_needed"; then
      uv=$candidate
      return
    fi
  done
  if [ -n "$python" ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null && ! "$python" -m pip --version >/dev/null 2>&1; then
    problem "uv $uv_needed is missing, and $python has neither venv nor pip to install it with (Debian: apt-get install python3.11-venv)."
  fi
}

nearest_folder() {
  folder=$1
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  printf '%s\n' "$folder"
}
check_room() { # folder, kB needed, what for
  free_kb=$(df -Pk "$1" 2>/dev/null | sed -n 's/.* \([0-9][0-9]*\)  *[0-9][0-9]*% .*/\1/p')
  if [ -n "$free_kb" ] && [ "$free_kb" -lt "$2" ]; then
    problem "too little disk: $3 needs $(gigabytes "$2") free in $1, which has $(gigabytes "$free_kb")."
  fi
}
check_disk() {
  cache=$(nearest_folder "${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/}/.cache}/uv}")
  held_kb=0
  if [ -d .venv ]; then held_kb=$(du -sk .venv | awk '{ print $1 }'); fi
  if [ "$(stat -c %d .)" = "$(stat -c %d "$cache")" ]; then
    check_room "$(pwd)" $((TOGETHER_KB - held_kb)) ".venv with uv's cache"
  else
    check_room "$(pwd)" $((VENV_KB - held_kb)) ".venv"
    if [ "$held_kb" -eq 0 ]; then check_room "$cache" "$CACHE_KB" "uv's cache"; fi
  fi
}

check_platform
find_python
check_compiler
find_uv
check_disk
if [ "$problems" -gt 0 ]; then exit 1; fi
printf 'python=%s\nuv=%s\n' "$python" "$uv"
