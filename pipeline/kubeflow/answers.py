"""What KFP's API answers to a request that fails, as one line without any token."""

import json
from typing import Any

import urllib3
from kfp_server_api.exceptions import ApiException

from pipeline.terminal.console import shown

LONGEST = 500  # characters of a server's message; the rest is a stack of where it happened
LOGIN = (301, 302, 303, 307, 308)
HINTS = {
    401: "the token is missing, wrong or too old; give one with --token-file or ICHOR_KFP_TOKEN",
    403: "this token or user may not do that; request the right in the namespace, or give another token",
}


def one_line(text: str, secret: str) -> str:
    """Returns a text from elsewhere as it may be shown: one line, not too long, without the token."""
    if secret:
        text = text.replace(secret, "***")
    text = shown(" ".join(text.split()))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def of_refusal(error: ApiException, host: str, secret: str) -> str:
    """Returns what an answer other than success says.

    Args:
      error: Of the client; its status is 0 if there was no answer.
      host: Address of the server.
      secret: Token that is not to be shown.
    """
    if not error.status:
        return of_trouble(str(error.reason), secret)
    if error.status in LOGIN:
        to = one_line(str((error.headers or {}).get("location", "nowhere")).partition("?")[0], secret)
        tls = host.replace("http://", "https://", 1)
        if tls != host and to.startswith(tls):
            return f"wants TLS; give --host {tls}"
        return f"redirects to {to} instead of answering: {_wants_login()}"
    answer = f"answered {error.status} {one_line(str(error.reason or ''), secret)}".rstrip()
    if is_page(str((error.headers or {}).get("content-type", ""))):
        answer += " with a web page"
    elif message := _message(error.body):
        answer += f": {one_line(message, secret)}"
    return f"{answer}; {HINTS[error.status]}" if error.status in HINTS else answer


def of_page() -> str:
    """Returns what a web page in place of an answer most likely means."""
    return f"answered with a web page instead of JSON: {_wants_login()}"


def is_page(content_type: str) -> bool:
    """Returns whether something is a web page."""
    return "html" in content_type.lower()


def of_trouble(error: Exception | str, secret: str) -> str:
    """Returns why there is no answer.

    Args:
      error: Of the connection.
      secret: Token that is not to be shown.
    """
    text = str(error)
    if "certificate verify failed" in text:
        reason = one_line(text.partition("certificate verify failed: ")[2].partition(" (_ssl")[0], secret)
        if "mismatch" in reason:
            return f"its certificate is for another name than the address has ({reason})"
        return f"its certificate cannot be trusted ({reason}); give the authority's with --ca-cert FILE"
    if "wrong version number" in text.replace("_", " ").lower():
        return "does not speak TLS; is it http:// instead of https://?"
    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return "its name is not known; check the address, or the network"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "does not take connections; check the address, or that a port-forward runs"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "does not answer in time"
    if isinstance(error, urllib3.exceptions.ProtocolError):
        return "broke the connection off"
    return f"cannot be reached: {one_line(text, secret)}"


def _wants_login() -> str:
    return (
        "a login page sits before the API, or the address is not KFP's; give a token that it takes "
        "(--token-file, ICHOR_KFP_TOKEN), or the address of KFP's API itself"
    )


def _message(body: Any) -> str:
    try:
        message = json.loads(body or "")
    except ValueError:
        return str(body or "")
    if not isinstance(message, dict):
        return ""
    keys = ("message", "error_details", "error_message", "error")
    return next((text for key in keys if isinstance(text := message.get(key), str) and text), "")
