#!/bin/sh
# Takes out of an environment what no step of the pipeline opens: docs/image.md lists what that saves.
# Usage: prune.sh ENVIRONMENT
set -eu

packages=$1/lib/python3.11/site-packages
cd "$packages"

# Headers and static libraries are for compiling against a package; nothing is compiled in a container.
rm -rf tensorflow/include tensorflow/xla_aot_runtime_src pyarrow/include numpy/_core/include
find . -name '*.a' -delete

# Packages' own tests. Where tests are part of what a package offers (numpy.testing), the folder has another name.
for package in numpy pandas pyarrow scipy sklearn tornado apache_beam google/genai nltk h5py joblib tfx; do
  if [ -d "$package" ]; then
    find "$package" -type d \( -name tests -o -name test \) -prune -exec rm -rf {} +
  fi
done

# Their names of functions that are not exported: only a debugger reads them.
strip --strip-unneeded tensorflow/libtensorflow_cc.so.2 tensorflow/libtensorflow_framework.so.2 \
  tensorflow/python/profiler/internal/_pywrap_profiler_plugin.so
