"""KFP's API, called through the client that KFP publishes for it.

`kfp.Client` is not used: when it is made it reads ~/.config/kfp and may write there, takes tokens from it,
calls the server up to five times with waits and logs each failure with its traceback; and its methods print.
What it calls underneath, `kfp_server_api`, does none of that.
"""

import json
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import kfp_server_api
import urllib3
from kfp_server_api.exceptions import ApiException

from pipeline.kubeflow.access import Access, KubeflowError
from pipeline.kubeflow.answers import is_page, of_page, of_refusal, of_trouble

__all__ = ["Client"]

Answer = TypeVar("Answer")
NOT_FOUND = 404
EQUALS = "EQUALS"


class NotThereError(KubeflowError):
    """The resource does not exist."""


class NoAnswerError(KubeflowError):
    """The request was sent, and whether it arrived is not known."""


class Client:
    """One server.

    Attributes:
      access: How it is reached.
      pipelines: What it offers about pipelines; and so on. Each method is called through `call`.
      several_users: Whether runs belong to namespaces; known after `check`.
    """

    def __init__(self, access: Access):
        """Makes a client; no request is sent yet."""
        configuration = kfp_server_api.Configuration(host=access.host)
        configuration.verify_ssl = access.verify
        configuration.ssl_ca_cert = access.ca_cert or None
        configuration.retries = (
            False  # errors are reported as they are, and no redirect takes the token along
        )
        if access.token():
            configuration.api_key_prefix["authorization"] = "Bearer"
            configuration.refresh_api_key_hook = _renew(access)
            configuration.api_key["authorization"] = access.token()
        self.access = access
        self.several_users = False
        self._api = kfp_server_api.ApiClient(configuration)
        self.pipelines = kfp_server_api.PipelineServiceApi(self._api)
        self.uploads = kfp_server_api.PipelineUploadServiceApi(self._api)
        self.experiments = kfp_server_api.ExperimentServiceApi(self._api)
        self.runs = kfp_server_api.RunServiceApi(self._api)
        self._health = kfp_server_api.HealthzServiceApi(self._api)

    def call(self, method: Callable[..., Answer], *arguments: Any, **named: Any) -> Answer:
        """Calls a method of the API.

        Args:
          method: Of one of the services.
          *arguments: Of the method.
          **named: Of the method.
        Raises:
          NotThereError: The server does not know it.
          NoAnswerError: The connection was lost, or took too long, after the request was sent.
          KubeflowError: No answer, a refusal, or an answer that is none.
        """
        seconds = self.access.request_seconds
        try:
            with warnings.catch_warnings():
                # --no-verify has been warned of once
                warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
                answer = method(*arguments, **named, _request_timeout=(seconds, seconds))
        except ApiException as error:
            raise self._refused(error) from None
        except AttributeError as error:
            # The client decodes the body of each failed request, also where there is none, as in TLS trouble.
            if not isinstance(error.__context__, ApiException):
                raise
            raise self._refused(error.__context__) from None
        except urllib3.exceptions.HTTPError as error:
            lost = isinstance(error, (urllib3.exceptions.ProtocolError, urllib3.exceptions.ReadTimeoutError))
            kind = NoAnswerError if lost else KubeflowError
            raise kind(f"{self._host}: {of_trouble(error, self.secret)}") from None
        except (TypeError, ValueError):  # the client takes JSON of any form and stumbles later
            raise KubeflowError(f"{self._host}: {self._not_json()}") from None
        self._require_json()
        return answer

    def check(self, namespace: str) -> None:
        """Checks that this is KFP 2, that the token is accepted, and whether a namespace is needed.

        Raises:
          KubeflowError: It is not, the token is refused, or a namespace is missing or superfluous.
        """
        try:
            health = self.call(self._health.healthz_service_get_healthz)
        except NotThereError:
            raise KubeflowError(f"{self._host}: {self._no_v2()}") from None
        self.several_users = bool(health.multi_user)
        if self.several_users and not namespace:
            raise KubeflowError(
                f"{self._host}: is shared by several users; say whose runs with --namespace NAME"
            )
        if namespace and not self.several_users:
            raise KubeflowError(f"{self._host}: is for one user and has no namespaces; leave --namespace out")

    def _no_v2(self) -> str:
        try:
            self.call(self._api.call_api, "/apis/v1beta1/healthz", "GET", auth_settings=["Bearer"])
        except KubeflowError:
            return "has no KFP API below this address; behind Kubeflow's dashboard it is below /pipeline"
        return "is older than KFP 2: it has the API v1beta1 alone; a PipelineSpec needs 2.0 or later"

    def _refused(self, error: ApiException) -> KubeflowError:
        kind = NotThereError if error.status == NOT_FOUND else KubeflowError
        return kind(f"{self._host}: {of_refusal(error, self._host, self.secret)}")

    def _require_json(self) -> None:
        response = self._api.last_response
        try:
            sound = isinstance(json.loads(response.data), dict)
        except ValueError:
            sound = False
        if not sound:
            raise KubeflowError(f"{self._host}: {self._not_json()}")

    def _not_json(self) -> str:
        response = getattr(self._api, "last_response", None)
        kind = str(response.getheader("content-type", "") if response else "")
        if is_page(kind):
            return of_page()
        return "answered with what is none of KFP's answers; check the address"

    @property
    def _host(self) -> str:
        return self.access.host

    @property
    def secret(self) -> str:
        """The token as last sent, which is not to be shown; empty for none."""
        return self._api.configuration.api_key.get("authorization", "")


def equals(key: str, value: str) -> str:
    """Returns the filter that lists those alone whose key has a value."""
    return json.dumps({"predicates": [{"operation": EQUALS, "key": key, "string_value": value}]})


def _renew(access: Access) -> Callable[[kfp_server_api.Configuration], None]:
    def renew(configuration: kfp_server_api.Configuration) -> None:
        configuration.api_key["authorization"] = access.token()

    return renew
