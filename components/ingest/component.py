"""SliceExampleGen: a folder of slices to Examples, split by patient."""

from tfx import types
from tfx.dsl.components.base import base_beam_component, executor_spec
from tfx.proto import example_gen_pb2
from tfx.types import component_spec, standard_artifacts
from tfx.types import standard_component_specs as keys

from components.artifacts import IngestReport
from components.ingest import splits
from components.ingest.driver import PARAMS_KEY, Driver
from components.ingest.executor import REPORT_KEY, Executor
from components.ingest.params import IngestParams
from schemas import features as f

__all__ = ["SliceExampleGen"]


class SliceExampleGenSpec(types.ComponentSpec):
    """What goes in and comes out."""

    PARAMETERS = {  # noqa: RUF012 (TFX's form)
        keys.INPUT_BASE_KEY: component_spec.ExecutionParameter(type=str),
        keys.OUTPUT_CONFIG_KEY: component_spec.ExecutionParameter(type=example_gen_pb2.Output),
        PARAMS_KEY: component_spec.ExecutionParameter(type=str),
        "code_fingerprint": component_spec.ExecutionParameter(type=str),
    }
    INPUTS: dict[str, component_spec.ChannelParameter] = {}  # noqa: RUF012
    OUTPUTS = {  # noqa: RUF012
        keys.EXAMPLES_KEY: component_spec.ChannelParameter(type=standard_artifacts.Examples),
        REPORT_KEY: component_spec.ChannelParameter(type=IngestReport),
    }


class SliceExampleGen(base_beam_component.BaseBeamComponent):
    """Reads labelled slices from class folders or a label table and splits them by patient.

    Outputs:
      examples: `SliceRecord`s as uncompressed TFRecords; splits train, val and test.
      report: An `IngestReport`.
    """

    SPEC_CLASS = SliceExampleGenSpec
    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(Executor)
    DRIVER_CLASS = Driver

    def __init__(self, data_dir: str, params: IngestParams, code_fingerprint: str) -> None:
        """Declares the node.

        Args:
          data_dir: Folder of the slices, as the machine sees it that runs the node.
          params: How to read and split it.
          code_fingerprint: Of this room's sources, so that the cache sees them change.
        """
        split_config = example_gen_pb2.SplitConfig(
            splits=[
                example_gen_pb2.SplitConfig.Split(name=name, hash_buckets=size)
                for name, size in splits.buckets(params).items()
            ],
            partition_feature_name=f.SPLIT_KEY,
        )
        spec = SliceExampleGenSpec(
            **{
                keys.INPUT_BASE_KEY: data_dir,
                keys.OUTPUT_CONFIG_KEY: example_gen_pb2.Output(split_config=split_config),
                PARAMS_KEY: params.to_json(),
                "code_fingerprint": code_fingerprint,
                keys.EXAMPLES_KEY: types.Channel(type=standard_artifacts.Examples),
                REPORT_KEY: types.Channel(type=IngestReport),
            }
        )
        super().__init__(spec=spec)
