"""Looks at the data folder on every run and tells TFX's cache whether anything in it changed."""

import logging
from pathlib import Path

from tfx.components.example_gen import utils
from tfx.dsl.components.base import base_driver
from tfx.orchestration import data_types_utils, metadata
from tfx.orchestration.portable import base_driver as ir_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto.orchestration import driver_output_pb2
from tfx.types import standard_component_specs as keys

from components.ingest import identity
from components.ingest.contents import fingerprint
from components.ingest.params import IngestParams
from components.ingest.plan import Plan, plan
from components.slices.errors import DataError

__all__ = ["PARAMS_KEY", "Driver"]

log = logging.getLogger("ichor.ingest")

PARAMS_KEY = "params_json"
UNUSABLE = "unusable data folder"
planned: dict[tuple[str, str, str], Plan] = {}  # for the executor: by folder, parameters, fingerprint
SPAN = 0  # the data folder is one whole; it has no spans


class Driver(base_driver.BaseDriver, ir_base_driver.BaseDriver):
    """Puts `input_fingerprint` into the execution properties, which are part of the cache's key."""

    def __init__(self, metadata_handle: metadata.Metadata) -> None:
        base_driver.BaseDriver.__init__(self, metadata_handle)
        ir_base_driver.BaseDriver.__init__(self, metadata_handle)

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Called by TFX before it asks its cache.

        A folder that cannot be used gets no fingerprint and no error here: the executor raises it,
        so that TFX records a failed execution.
        """
        properties = dict(execution_info.exec_properties)
        properties[utils.SPAN_PROPERTY_NAME] = SPAN
        properties[utils.FINGERPRINT_PROPERTY_NAME] = _fingerprint(properties)
        result = driver_output_pb2.DriverOutput()
        for name, value in properties.items():
            if value is not None:
                data_types_utils.set_metadata_value(result.exec_properties[name], value)
        return result


def _fingerprint(properties: dict) -> str:
    planned.clear()
    data_dir = Path(properties[keys.INPUT_BASE_KEY])
    params = IngestParams.from_json(properties[PARAMS_KEY])
    try:
        found = plan(data_dir, params)
        key = identity.load_key(identity.key_path(params))
    except DataError:
        return UNUSABLE
    for warning in found.warnings:
        log.warning("%s", warning)
    for name, why in found.columns_left_out.items():
        log.warning("column %r is not sliced by: %s", name, why)
    known = fingerprint(data_dir, found, key)
    planned[properties[keys.INPUT_BASE_KEY], properties[PARAMS_KEY], known] = found
    return known
