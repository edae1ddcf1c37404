#!/bin/sh
# Runs the nodes that use Beam on a Spark cluster of two workers (docs/scaling.md): root, Java 17, Maven, iproute2.
# Spark (from PyPI) and Beam's job server for it (from Maven) are put into .spark. Arguments: parts, all by default.
set -eu

SPARK=3.5.9 # of the line that Beam's runner for Spark 3 is built for
missing=
for command in java mvn ip; do
  command -v "$command" >/dev/null 2>&1 || missing="$missing $command"
done
if [ -n "$missing" ]; then
  echo "e2e-spark: not installed:$missing (Debian: apt-get install openjdk-17-jre-headless maven iproute2)" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "e2e-spark: makes network namespaces for its two workers, which root alone may do; run it as root" >&2
  exit 1
fi

if [ ! -d ".spark/pyspark-$SPARK" ]; then
  uv=$(sh tools/preflight.sh | sed -n 's/^uv=//p')
  "$uv" pip install --quiet --python .venv/bin/python --target ".spark/pyspark-$SPARK.part" "pyspark==$SPARK"
  mv ".spark/pyspark-$SPARK.part" ".spark/pyspark-$SPARK"
fi
# By the pom's contents, so that another version is fetched when it changes.
jars=".spark/jars-$(cksum <tools/spark/pom.xml | cut -d ' ' -f 1)"
if [ ! -d "$jars" ]; then
  mvn --quiet --batch-mode -Dstyle.color=never --file tools/spark/pom.xml dependency:copy-dependencies \
    -DoutputDirectory="$(pwd)/$jars.part" -DincludeScope=runtime >&2
  mv "$jars.part" "$jars"
fi
export TF_CPP_MIN_LOG_LEVEL=2 # what TensorFlow prints at its start, in each of many processes
exec .venv/bin/python -m tools.spark --spark ".spark/pyspark-$SPARK/pyspark" --jars "$jars" "$@"
