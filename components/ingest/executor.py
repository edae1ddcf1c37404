"""Reads a data folder into Examples, split by patient, and writes the report."""

import dataclasses
import functools
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import apache_beam as beam
import tensorflow as tf
from tfx import types
from tfx.components.example_gen import base_example_gen_executor, utils
from tfx.components.util import examples_utils
from tfx.dsl.components.base import base_beam_executor
from tfx.dsl.io import fileio
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils
from tfx.types import standard_component_specs as keys
from tfx.utils import io_utils, proto_utils

from components.ingest import account, identity, splits
from components.ingest.driver import PARAMS_KEY, SPAN, UNUSABLE, planned
from components.ingest.groups import assign_groups
from components.ingest.params import IngestParams
from components.ingest.plan import Plan, forget, plan
from components.ingest.rows import KEY_BYTES, HashedSlice, write_rows
from components.ingest.shards import Shard, WriteShard, deal, read_rejections
from components.slices.errors import DataError, NamingError
from components.slices.header import Rejection
from components.slices.labels import SLICE
from schemas import accounts
from schemas import features as f

REPORT_KEY = "report"
REJECTIONS_FOLDER = "parts"  # of the report while it is being made


class Executor(base_beam_executor.BaseBeamExecutor):
    """Of SliceExampleGen."""

    def Do(
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Called by TFX.

        Args:
          input_dict: Empty.
          output_dict: `examples` and `report`.
          exec_properties: `input_base`, `params_json`, `output_config`; what the driver added.
        Raises:
          DataError: The data cannot be used as it is; the message says the way out.
        """
        self._log_startup(input_dict, output_dict, exec_properties)
        try:
            self._ingest(output_dict, exec_properties)
        except NamingError as error:
            raise error.unnamed(exec_properties[keys.INPUT_BASE_KEY]) from None

    def _ingest(self, output_dict: dict[str, list[types.Artifact]], exec_properties: dict[str, Any]) -> None:
        data_dir = Path(exec_properties[keys.INPUT_BASE_KEY])
        params = IngestParams.from_json(exec_properties[PARAMS_KEY])
        examples = artifact_utils.get_single_instance(output_dict[keys.EXAMPLES_KEY])
        report_uri = artifact_utils.get_single_uri(output_dict[REPORT_KEY])

        key = identity.load_key(identity.key_path(params))
        found = _plan(data_dir, params, exec_properties)
        slices = hash_slices(found, key, params, _split_config(exec_properties))
        split_with = functools.partial(splits.split_with, key, params)
        labels = [(row.patient, row.hemorrhage) for row in found.slices]
        expected = splits.count(((row.split, row.hemorrhage, row.patient_id) for row in slices), params)
        splits.require_both_classes(expected, labels, split_with, params)

        examples.split_names = artifact_utils.encode_split_names(list(expected))
        shards = self._write(data_dir, params, slices, examples, report_uri)

        rejections = read_rejections(shards)
        rejections |= {identity.slice_id(key, path): why for path, why in found.rejections.items()}
        number = account.slices_found(found)
        if account.are_too_many(rejections, number, params):
            listed_in = _keep_rejections(report_uri, rejections)
            raise account.refusal(rejections, number, params, listed_in)
        kept = [row for row in slices if row.slice_id not in rejections]
        counts = splits.count(((row.split, row.hemorrhage, row.patient_id) for row in kept), params)
        read = [label for label, row in zip(labels, slices, strict=True) if row.slice_id not in rejections]
        splits.require_both_classes(counts, read, split_with, params)

        _write_report(report_uri, found, rejections, counts, params, identity.key_fingerprint(key))
        account.log_counts(counts, rejections, found)
        _describe(examples, found, exec_properties)

    def _write(
        self,
        data_dir: Path,
        params: IngestParams,
        slices: list[HashedSlice],
        examples: types.Artifact,
        report_uri: str,
    ) -> list[Shard]:
        uris = {name: artifact_utils.get_split_uri([examples], name) for name in splits.buckets(params)}
        parts = f"{report_uri}/{REJECTIONS_FOLDER}"
        for uri in (*uris.values(), parts):
            fileio.makedirs(uri)
        shards = deal(slices, uris, parts, params.shards)
        key = secrets.token_bytes(KEY_BYTES)
        for shard in shards:
            write_rows(shard.slices, shard.rows, key)
        handed = [dataclasses.replace(shard, slices=()) for shard in shards]
        with self._make_beam_pipeline() as pipeline:
            _ = (
                pipeline
                | "Shards" >> beam.Create(handed, reshuffle=False)
                | "Spread" >> beam.Reshuffle()
                | "WriteShard" >> beam.ParDo(WriteShard(str(data_dir), params, key))
            )
        return shards


def hash_slices(
    found: Plan, key: bytes, params: IngestParams, config: example_gen_pb2.SplitConfig
) -> list[HashedSlice]:
    """Hashes what names a slice or a patient, and splits the patients as TFX does.

    TFX's own partition function is called once a patient, not in Beam once a slice: so the split is known,
    and can be refused, before any file is read, and images need not go through a shuffle.

    Args:
      found: Whose slices all have a patient.
      key: Of the hashes.
      params: The seed.
      config: Buckets, and `features.SPLIT_KEY` to partition by.
    """
    names = [split.name for split in config.splits]
    ends = [sum(split.hash_buckets for split in config.splits[: at + 1]) for at in range(len(names))]

    @functools.cache
    def of_patient(patient: str) -> dict[str, str]:
        split_key = identity.split_key(key, patient, params.seed)
        feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[split_key.encode()]))
        example = tf.train.Example(features=tf.train.Features(feature={f.SPLIT_KEY: feature}))
        index = base_example_gen_executor._PartitionFn(example, len(names), ends, config)
        return {
            "patient_id": identity.patient_id(key, patient),
            "split_key": split_key,
            "split": names[index],
        }

    return [
        HashedSlice(
            path=row.path,
            hemorrhage=row.hemorrhage,
            slice_id=identity.slice_id(key, row.name),
            file_id=identity.slice_id(key, row.path),
            slice_index=row.slice_index,
            attributes=row.attributes,
            frame=row.frame,
            **of_patient(row.patient),
        )
        for row in found.slices
    ]


def _plan(data_dir: Path, params: IngestParams, exec_properties: dict[str, Any]) -> Plan:
    fingerprint = exec_properties.get(utils.FINGERPRINT_PROPERTY_NAME, "")
    # In the driver's process its plan is at hand, made a moment ago of what the fingerprint is of.
    by_driver = (exec_properties[keys.INPUT_BASE_KEY], exec_properties[PARAMS_KEY], fingerprint)
    found = planned.pop(by_driver, None) or plan(data_dir, params)
    forget()
    if fingerprint == UNUSABLE:
        raise DataError(f"data folder {data_dir}: changed while the run began; run again")
    if found.patients_from != "none":
        return found
    groups = assign_groups(data_dir, [row.path for row in found.slices], params)
    slices = tuple(dataclasses.replace(row, patient=groups[row.path]) for row in found.slices)
    return dataclasses.replace(found, slices=slices)


def _split_config(exec_properties: dict[str, Any]) -> example_gen_pb2.SplitConfig:
    output = example_gen_pb2.Output()
    proto_utils.json_to_proto(exec_properties[keys.OUTPUT_CONFIG_KEY], output)
    return output.split_config


def _write_report(
    report_uri: str,
    found: Plan,
    rejections: Mapping[str, Rejection],
    counts: Mapping[str, splits.SplitCount],
    params: IngestParams,
    key_fingerprint: str,
) -> None:
    fileio.rmtree(f"{report_uri}/{REJECTIONS_FOLDER}")
    texts = {
        accounts.INGEST_FILE: account.account(found, rejections, counts, params, key_fingerprint).to_json(),
        account.REJECTIONS_FILE: account.rejections_csv(rejections),
    }
    for name, text in texts.items():
        io_utils.write_string_file(f"{report_uri}/{name}", text)


def _keep_rejections(report_uri: str, rejections: Mapping[str, Rejection]) -> str:
    """Writes them beside the report's folder, since TFX deletes the outputs of a node that failed."""
    parent, _, number = report_uri.rstrip("/").rpartition("/")
    file = f"{parent}/stopped-{number}/{account.REJECTIONS_FILE}"
    io_utils.write_string_file(file, account.rejections_csv(rejections))
    return file


def _describe(examples: types.Artifact, found: Plan, exec_properties: dict[str, Any]) -> None:
    examples_utils.set_payload_format(examples, example_gen_pb2.FORMAT_TF_EXAMPLE)
    examples.set_int_custom_property(utils.SPAN_PROPERTY_NAME, SPAN)
    fingerprint = exec_properties.get(utils.FINGERPRINT_PROPERTY_NAME, "")
    if fingerprint:
        examples.set_string_custom_property(utils.FINGERPRINT_PROPERTY_NAME, fingerprint)
    if found.labels_of != SLICE:
        examples.set_string_custom_property(f.LABELS_OF_PROPERTY, found.labels_of)
    if found.warnings:
        examples.set_string_custom_property(f.WARNING_PROPERTY, "\n".join(found.warnings))
