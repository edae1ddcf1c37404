#!/bin/sh
# Installs our wheel, without dependencies, into an environment of its own and makes sure that it is our code.
# Usage, from the sources: install.sh FOLDER_OF_THE_WHEEL ENVIRONMENT
set -eu

# Without uv's cache: it takes a wheel of the same name and version for the same wheel, whatever is in it.
/uv/bin/uv venv "$2"
/uv/bin/uv pip install --no-cache --python "$2" --no-deps --no-index --compile-bytecode "$1"/*.whl
packages=$2/lib/python3.11/site-packages
for package in schemas components pipeline; do
  diff -rq -x __pycache__ "$package" "$packages/$package"
done

# The time at which uv saw the wheel: it differs from build to build, and nobody reads it.
rm "$packages"/ichor-*.dist-info/uv_cache.json
sed -i '/uv_cache.json/d' "$packages"/ichor-*.dist-info/RECORD
