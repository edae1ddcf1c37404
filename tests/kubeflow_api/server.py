"""KFP's API over HTTP or HTTPS on a port of this machine: checks each request, fails as set."""

import contextlib
import email
import email.policy
import http.server
import json
import ssl
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.kubeflow_api.contract import Operation, find, problems, query_problems
from tests.kubeflow_api.state import RefusedError, State


@dataclass(frozen=True)
class Fault:
    """An answer in place of the right one; no status means that the connection is cut."""

    status: int | None = None
    body: str = ""
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    done: bool = False  # whether the server carries the request out before it fails
    only: str = ""  # operation that fails; any by default


@dataclass
class Kfp:
    """A server that runs.

    Attributes:
      state: What it keeps.
      token: That it wants; empty for none.
      forbidden: Whether a sound token may do nothing.
      old: Whether it has the API v1beta1 alone.
      faults: What becomes of the next requests, in their order.
      calls: Names of the operations that were called, in their order.
      url: Its address.
    """

    state: State = field(default_factory=State)
    token: str = ""
    forbidden: bool = False
    old: bool = False
    faults: list[Fault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    url: str = ""


@contextlib.contextmanager
def serving(kfp: Kfp, tls: ssl.SSLContext | None = None) -> Iterator[Kfp]:
    """Serves while the block runs."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(kfp))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    kfp.url = f"{'https' if tls else 'http'}://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield kfp
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(kfp: Kfp) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def _do(self) -> None:
            parts = urllib.parse.urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            match = find(self.command, parts.path)
            kfp.calls.append(match[0].name if match else parts.path)
            if kfp.faults and kfp.faults[0].only in ("", kfp.calls[-1]):
                fault = kfp.faults.pop(0)
                if fault.done:
                    self._right(match, parts.query, content)
                if fault.status:
                    self._send(fault.status, fault.body, fault.kind, fault.headers)
                else:
                    self.close_connection = True
                return
            try:
                answer = self._right(match, parts.query, content)
            except RefusedError as error:
                self._send(error.status, json.dumps({"error": str(error), "code": 3, "message": str(error)}))
            else:
                self._send(200, json.dumps(answer))

        def _right(self, match: Any, query: str, content: bytes) -> Any:
            if kfp.old:
                if kfp.calls[-1] == "/apis/v1beta1/healthz":
                    return {"commit_sha": "0"}
                raise RefusedError(404, "Not Found")
            if match is None:
                raise RefusedError(404, f"Not Found: {self.command} {self.path}")
            if kfp.token and self.headers.get("authorization") != f"Bearer {kfp.token}":
                raise RefusedError(401, "Unauthenticated: no or wrong bearer token")
            if kfp.forbidden:
                raise RefusedError(403, "User 'radiology' is not authorized: create pipelines")
            operation, parts = match
            values = urllib.parse.parse_qs(query, keep_blank_values=True)
            wrong = list(query_problems(operation, values))
            body = self._body(operation, content, wrong)
            if wrong:
                raise RefusedError(400, f"{operation.name}: {'; '.join(wrong)}")
            plain = {key: text for key, (text,) in values.items()}
            answer = kfp.state.answer(operation.name, parts, plain, body)
            own = list(problems(answer, operation.answer, operation.name))
            if own:
                raise RefusedError(500, f"the test's server answers wrongly: {'; '.join(own)}")
            return answer

        def _body(self, operation: Operation, content: bytes, wrong: list[str]) -> Any:
            kind = self.headers.get("content-type", "")
            if operation.file:
                form = email.message_from_bytes(
                    b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content, policy=email.policy.HTTP
                )
                files = list(form.iter_parts())
                names = [file.get_param("name", header="content-disposition") for file in files]
                if names != [operation.file] or not str(files[0].get_filename()).endswith((".yaml", ".yml")):
                    wrong.append(f"form: expected one YAML file {operation.file}, got {names}")
                    return b""
                return files[0].get_payload(decode=True)
            if operation.body:
                if kind != "application/json":
                    wrong.append(f"content-type: {kind}")
                body = json.loads(content)
                wrong += problems(body, operation.body, "body")
                return body
            if content:
                wrong.append("body: none is expected")
            return None

        def _send(self, status: int, body: str, kind: str = "application/json", headers: Any = ()) -> None:
            data = body.encode()
            self.send_response(status)
            for key, value in (("content-type", kind), ("content-length", str(len(data))), *headers):
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
