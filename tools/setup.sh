#!/bin/sh
# Makes .venv hold exactly what uv.lock says, with bytecode, whatever the caller's own environment is.
set -eu

found=$(sh tools/preflight.sh)
python=$(printf '%s\n' "$found" | sed -n 's/^python=//p')
uv=$(printf '%s\n' "$found" | sed -n 's/^uv=//p')
unset VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

if [ -z "$uv" ]; then
  pinned="uv==$(sed -n 's/^required-version = ">=\(.*\)"$/\1/p' pyproject.toml)"
  echo "ichor set-up: installing $pinned into .uv"
  rm -rf .uv
  if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    "$python" -m venv .uv
    .uv/bin/python -m pip install --quiet --disable-pip-version-check "$pinned"
  else # Debian's python3-pip without python3-venv
    "$python" -m pip install --quiet --disable-pip-version-check --target .uv "$pinned"
  fi
  uv=.uv/bin/uv
fi

echo "ichor set-up: bringing .venv to what uv.lock says (the first time 3.6 GB and some minutes)"
# Without bytecode importing TFX takes 45 s instead of 13; writing it takes more than uv's own 60 s on a busy machine.
UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON=$python UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE_TIMEOUT=600 \
  "$uv" sync --locked --compile-bytecode
