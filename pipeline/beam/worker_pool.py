"""Worker processes for the engines: one for each Spark executor or Flink task manager that needs one."""

import json
import subprocess
import sys
import threading
from concurrent import futures

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc

__all__ = ["serve"]

HARNESS = "pipeline.beam.harness"
CALLS_AT_ONCE = 8
SECONDS_TO_END = 5


class WorkerPool(beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolServicer):
    """Starts a process for each worker that an engine requests, and keeps one ready.

    Beam's own pool starts a Python that knows nothing of TFX: TensorFlow Data Validation, which jobs
    unpickle, cannot be imported in it. And importing TFX takes longer than most stages of a job.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workers: list[tuple[str, subprocess.Popen[str]]] = []
        self._ready = _new_process()

    def StartWorker(
        self, request: beam_fn_api_pb2.StartWorkerRequest, context: grpc.ServicerContext
    ) -> beam_fn_api_pb2.StartWorkerResponse:
        """Hands the process that is ready to the engine, and starts the next."""
        line = {
            "id": request.worker_id,
            "control": request.control_endpoint.url,
            "logging": request.logging_endpoint.url,
            "provision": request.provision_endpoint.url,
        }
        with self._lock:
            self._workers = [(name, worker) for name, worker in self._workers if worker.poll() is None]
            worker = self._ready if self._ready.poll() is None else _new_process()
            self._ready = _new_process()
            self._workers.append((request.worker_id, worker))
        try:
            _send(worker, json.dumps(line))
        except OSError as error:
            return beam_fn_api_pb2.StartWorkerResponse(error=f"worker process ended at its start: {error}")
        return beam_fn_api_pb2.StartWorkerResponse()

    def StopWorker(
        self, request: beam_fn_api_pb2.StopWorkerRequest, context: grpc.ServicerContext
    ) -> beam_fn_api_pb2.StopWorkerResponse:
        """Ends a worker.

        Two engines on a machine may have given the same id; then each ends by itself, when its engine goes.
        """
        with self._lock:
            named = [worker for name, worker in self._workers if name == request.worker_id]
        if len(named) == 1:
            _end(named[0])
        return beam_fn_api_pb2.StopWorkerResponse()

    def close(self) -> None:
        """Ends all processes."""
        with self._lock:
            for worker in (self._ready, *(worker for _, worker in self._workers)):
                _end(worker)


def serve(host: str, port: int) -> None:
    """Serves until interrupted.

    Args:
      host: Address to listen at. Who reaches it can run code here, so it should be the machine itself.
      port: To listen at; 0 for any that is free.
    Raises:
      OSError: The port is taken.
    """
    pool = WorkerPool()
    alone = (("grpc.so_reuseport", 0),)  # else a second pool would take a share of this one's calls
    server = grpc.server(futures.ThreadPoolExecutor(CALLS_AT_ONCE), options=alone)
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(pool, server)
    try:
        try:
            bound = server.add_insecure_port(f"{host}:{port}")
        except RuntimeError:
            bound = 0
        if not bound:
            raise OSError(f"cannot listen at {host}:{port}; is another pool running? choose another --port")
        server.start()
        print(f"worker pool at {host}:{bound}", flush=True)
        server.wait_for_termination()
    finally:
        server.stop(None)
        pool.close()


def _new_process() -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-P", "-m", HARNESS], stdin=subprocess.PIPE, text=True)


def _send(worker: "subprocess.Popen[str]", line: str) -> None:
    assert worker.stdin is not None
    with worker.stdin as pipe:
        pipe.write(f"{line}\n")


def _end(worker: "subprocess.Popen[str]") -> None:
    worker.terminate()
    try:
        worker.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
