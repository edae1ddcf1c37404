"""The compiled pipeline in real containers; `make e2e-containers`, no part of `make test`."""
