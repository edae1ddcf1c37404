"""KFP's API v2beta1 as its published client knows it, and what is wrong with a request by that.

`kfp_server_api` ships no OpenAPI document: it is Python that was generated from one. So the document is
read back: operations, paths, query parameters and types from the source of its services; fields and types of
bodies from its models. All of it is taken strictly: what the client does not know is wrong, and so is another
type. A field may also be written in camel case, as JSON of Protocol Buffers allows and KFP's SDK does in
filters.
"""

import datetime
import functools
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import kfp_server_api

SERVICES = (
    kfp_server_api.ExperimentServiceApi, kfp_server_api.HealthzServiceApi, kfp_server_api.PipelineServiceApi,
    kfp_server_api.PipelineUploadServiceApi, kfp_server_api.RunServiceApi,
)  # fmt: skip
PLAIN = {"str": str, "int": int, "bool": bool}


@dataclass(frozen=True)
class Operation:
    """One operation: `query` has types by name, `body` and `answer` are models, `file` is a form's field."""

    name: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    body: str | None
    file: str | None
    answer: str


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Returns all operations of the services that are called here."""
    all_operations = []
    for service in SERVICES:
        for name, method in inspect.getmembers(service, inspect.isfunction):
            if name.endswith("_with_http_info"):
                all_operations.append(
                    _operation(name.removesuffix("_with_http_info"), inspect.getsource(method))
                )
    return tuple(all_operations)


def _operation(name: str, source: str) -> Operation:
    types = dict(re.findall(r":type (\w+): ([^\n,]+)", source))
    path, method = re.search(r"call_api\(\s*'([^']+)', '([A-Z]+)'", source).groups()
    query = re.findall(r"query_params\.append\(\('([^']+)', local_var_params\['(\w+)'\]", source)
    body = re.search(r"body_params = local_var_params\['(\w+)'\]", source)
    file = re.search(r"local_var_files\['(\w+)'\]", source)
    return Operation(
        name=name,
        method=method,
        path=re.compile(re.sub(r"\\\{[^}]+\\\}", "([^/:]+)", re.escape(path))),
        query={key: types[variable] for key, variable in query},
        body=types[body[1]] if body else None,
        file=file[1] if file else None,
        answer=re.search(r"response_type='([^']+)'", source)[1],
    )


def find(method: str, path: str) -> tuple[Operation, tuple[str, ...]] | None:
    """Returns the operation of a request and what stands in its path; fixed paths come first."""
    for operation in sorted(operations(), key=lambda operation: operation.path.groups):
        match = operation.path.fullmatch(path)
        if match and operation.method == method:
            return operation, match.groups()
    return None


def query_problems(operation: Operation, query: Mapping[str, list[str]]) -> Iterator[str]:
    """Yields what is wrong with a query."""
    for key, values in query.items():
        if key not in operation.query:
            yield f"query: unknown parameter {key}"
        elif len(values) != 1:
            yield f"query: {key} is given {len(values)} times"
        elif operation.query[key] == "int" and not re.fullmatch(r"\d+", values[0]):
            yield f"query: {key} is no integer: {values[0]!r}"
        elif key == "filter" and values[0]:
            yield from problems(_named(json.loads(values[0])), "V2beta1Filter", "filter")


def _named(filters: Any) -> Any:
    """Returns a filter with operations by name; a number is allowed, too, and KFP's SDK uses them."""
    for predicate in filters.get("predicates", []):
        if predicate.get("operation") == 1:
            predicate["operation"] = "EQUALS"
    return filters


def problems(value: Any, kind: str, where: str) -> Iterator[str]:
    """Yields what is wrong with a value of a type as models write it: str, list[X], dict(str, X), a model."""
    if kind == "object":
        return
    if kind in PLAIN:
        if type(value) is not PLAIN[kind]:
            yield f"{where}: expected {kind}, got {value!r}"
    elif kind == "datetime":
        if not _is_time(value):
            yield f"{where}: expected a time, got {value!r}"
    elif kind.startswith("list["):
        if not isinstance(value, list):
            yield f"{where}: expected a list, got {value!r}"
            return
        for at, part in enumerate(value):
            yield from problems(part, kind[5:-1], f"{where}[{at}]")
    elif not isinstance(value, dict):
        yield from _enum_problems(value, kind, where)
    elif kind.startswith("dict("):
        for key, part in value.items():
            yield from problems(part, kind.partition(", ")[2][:-1], f"{where}.{key}")
    else:
        yield from _model_problems(value, kind, where)


def _model_problems(value: Mapping[str, Any], kind: str, where: str) -> Iterator[str]:
    model = getattr(kfp_server_api.models, kind)
    types = {model.attribute_map[name]: part for name, part in model.openapi_types.items()}
    types |= {re.sub(r"_(\w)", lambda match: match[1].upper(), name): part for name, part in types.items()}
    for key, part in value.items():
        if key not in types:
            yield f"{where}: {kind} has no field {key}"
        else:
            yield from problems(part, types[key], f"{where}.{key}")


def _enum_problems(value: Any, kind: str, where: str) -> Iterator[str]:
    allowed = getattr(getattr(kfp_server_api.models, kind, None), "allowable_values", None)
    if allowed is None or value not in allowed:
        yield f"{where}: expected {kind}, got {value!r}"


def _is_time(value: Any) -> bool:
    try:
        return datetime.datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False
