#!/bin/sh
# Runs a command of the build with the certificates of the secret `ca`, where one is given: behind a proxy that
# opens TLS, packages come under its own. A secret is seen during its step alone and is in no layer.
set -eu

ca=/run/secrets/ca
if [ -s "$ca" ]; then
  export SSL_CERT_FILE="$ca" PIP_CERT="$ca" REQUESTS_CA_BUNDLE="$ca"
fi
exec "$@"
