"""Whether Beam's job server is there: its client waits for minutes, without a word, for one that is not."""

import socket

from pipeline.settings.loading import ConfigError
from pipeline.settings.params import BeamParams

__all__ = ["require_job_server"]

PORTABLE = ("spark", "flink")
PATIENCE_SECONDS = 10.0  # for a connection within a data centre, by far


def require_job_server(params: BeamParams) -> None:
    """Refuses an engine whose job server takes no connection.

    Args:
      params: The group `beam`.
    Raises:
      ConfigError: Nothing answers at `beam.job_endpoint`, or what does speaks another protocol.
    """
    if params.engine not in PORTABLE:
        return
    host, _, port = params.job_endpoint.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"beam.job_endpoint: no job server answers at {params.job_endpoint} "
            f"({getattr(error, 'strerror', None) or error}); start Beam's there, or run on this machine with "
            "--beam direct (docs/scaling.md)"
        ) from None
    import grpc  # not needed by the runs on one machine

    with grpc.insecure_channel(params.job_endpoint) as channel:
        try:
            grpc.channel_ready_future(channel).result(PATIENCE_SECONDS)
        except grpc.FutureTimeoutError:
            raise ConfigError(
                f"beam.job_endpoint: what listens at {params.job_endpoint} does not speak gRPC within "
                f"{PATIENCE_SECONDS:g} s, so it is no job server of Beam; check the port (docs/scaling.md)"
            ) from None
