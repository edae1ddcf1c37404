"""Where KFP's API is and how it is called: address, token, certificates."""

import dataclasses
import os
import ssl
import urllib.parse
from pathlib import Path

__all__ = ["Access", "KubeflowError", "access"]

TOKEN_VARIABLE = "ICHOR_KFP_TOKEN"
LOCAL = ("localhost", "127.0.0.1", "::1")


class KubeflowError(Exception):
    """KFP cannot be reached, or refuses a request; the message is one line and holds no token."""


@dataclasses.dataclass(frozen=True)
class Access:
    """How KFP's API is reached.

    Attributes:
      host: http:// or https:// address, with the path below which the API is, without a slash at its end.
      token_file: File that holds a bearer token, read anew for each request, since Kubernetes renews such
        files; empty for the variable ICHOR_KFP_TOKEN, or no token if that is not set either.
      ca_cert: File of certificates that the server's is checked with; empty for those of the package certifi.
      verify: Whether the server's certificate is checked at all.
      request_seconds: Wait for an answer, s.
    """

    host: str
    token_file: str
    ca_cert: str
    verify: bool
    request_seconds: float

    def token(self) -> str:
        """Returns the bearer token, or an empty text for none.

        Raises:
          KubeflowError: The file cannot be read, or what is there is no token.
        """
        if not self.token_file:
            return _checked(os.environ.get(TOKEN_VARIABLE, ""), TOKEN_VARIABLE)
        try:
            text = Path(self.token_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not text"
            raise KubeflowError(f"--token-file {self.token_file}: {reason}") from None
        if not text.strip():
            raise KubeflowError(f"--token-file {self.token_file}: is empty")
        return _checked(text, f"--token-file {self.token_file}")

    def warnings(self) -> list[str]:
        """Returns what somebody should know before a request is sent."""
        warnings = []
        parts = urllib.parse.urlsplit(self.host)
        if not self.verify:
            warnings.append(
                "--no-verify: the server's certificate is not checked; whoever sits in between can read the "
                "token and change the pipeline"
            )
        if parts.scheme == "http" and parts.hostname not in LOCAL and self.token():
            warnings.append(
                f"the token goes to {parts.hostname} unencrypted, since the address is no https://"
            )
        return warnings

    def run_link(self, run_id: str) -> str:
        """Returns the page of a run in KFP's interface."""
        return f"{self.host}/#/runs/details/{urllib.parse.quote(run_id, safe='')}"


def access(host: str, token_file: str, ca_cert: str, verify: bool, request_seconds: float) -> Access:
    """Checks what was given on the command line.

    Raises:
      KubeflowError: The address is none, the file of certificates is not there, or flags contradict.
    """
    if ca_cert and not verify:
        raise KubeflowError("--ca-cert and --no-verify contradict: leave one of them out")
    if ca_cert and not Path(ca_cert).is_file():
        raise KubeflowError(f"--ca-cert {ca_cert}: no such file")
    if ca_cert:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca_cert)
        except ssl.SSLError:
            raise KubeflowError(f"--ca-cert {ca_cert}: holds no certificate (PEM)") from None
    checked = Access(_address(host), token_file, ca_cert, verify, request_seconds)
    checked.token()
    return checked


def _address(host: str) -> str:
    try:
        parts = urllib.parse.urlsplit(host)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise KubeflowError(f"--host: {error}") from None
    if parts.username or parts.password:
        raise KubeflowError("--host: must hold no user name or password; give a token with --token-file")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise KubeflowError(f"--host: expected http://... or https://..., got {host!r}")
    path = parts.path.partition("/apis/")[0].rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _checked(text: str, source: str) -> str:
    token = text.strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise KubeflowError(f"{source}: expected a token on one line without spaces")
    return token
