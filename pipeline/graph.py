"""The graph: every node of ichor, in the order of the drawing in docs/architecture.md."""

import json
from collections.abc import Callable
from typing import Any

import tfx.v1 as tfx  # before anything that imports tensorflow_data_validation
from tfx.types.channel import Channel
from tfx.types.standard_artifacts import Model, ModelBlessing

from components import fingerprint
from components.anomaly_gate.component import AnomalyGate
from components.evaluator.gates import eval_config
from components.evaluator.latest_blessed import BLESSING, CANDIDATE, MODEL, OlderBlessedModelStrategy
from components.ingest.component import SliceExampleGen
from components.leakage.component import LeakageGate
from components.model_gate.component import ModelGate
from components.operating_point.component import OperatingPoint
from components.report.component import Report
from components.scorer.component import SliceScorer
from components.slice_filter.component import SliceFilter
from components.trainer import preflight, weights
from components.trainer.run import run_fn
from components.trainer.tuning.search import tuner_fn
from components.transform.preprocess import preprocessing_fn
from pipeline.beam.arguments import beam_args
from pipeline.nodes import REPORT_INPUTS
from pipeline.settings.channels import transform_params
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, absolute
from pipeline.settings.public import public_settings
from schemas import features

__all__ = ["SCHEMA", "build_pipeline", "dotted"]

SCHEMA = features.SCHEMA_FILE


def dotted(function: Callable[..., Any]) -> str:
    """Returns a function's import path, which every worker resolves from the installed package."""
    return f"{function.__module__}.{function.__qualname__}"


def code_of(start: str) -> str:
    """Returns a fingerprint of a node's code, since TFX's cache does not look at code."""
    return fingerprint.of_code(f"components/{start}")


USER_CODE = (dotted(preprocessing_fn), dotted(run_fn), dotted(tuner_fn))


def build_pipeline(config: Config, source_channels: int | None = None) -> tfx.dsl.Pipeline:
    """Builds the pipeline that every runner runs.

    Args:
      config: All settings.
      source_channels: Of the data's slices, where the data folder was looked at already.
    Raises:
      FileNotFoundError: There is no such file of weights.
      ValueError: No training can begin with these settings, or the engine of Beam lacks one.
    """
    preflight.check(config.trainer, config.transform.image_side)
    layout = Layout.of(config.run)

    ingest = SliceExampleGen(
        data_dir=str(absolute(config.run.data)),
        params=config.ingest,
        code_fingerprint=code_of("ingest"),
    )
    slice_filter = SliceFilter(
        examples=ingest.outputs["examples"],
        params_json=config.filter.to_json(),
        code_fingerprint=code_of("slice_filter"),
    )
    filtered = slice_filter.outputs["filtered_examples"]
    leakage_gate = LeakageGate(
        examples=filtered,
        params_json=config.leakage.to_json(),
        code_fingerprint=code_of("leakage"),
    )
    examples = leakage_gate.outputs["checked_examples"]

    schema = tfx.components.ImportSchemaGen(schema_file=str(fingerprint.ROOT / SCHEMA))
    schema.exec_properties["code_fingerprint"] = fingerprint.of_file(SCHEMA)
    statistics = tfx.components.StatisticsGen(examples=filtered, schema=schema.outputs["schema"])
    validator = tfx.components.ExampleValidator(
        statistics=statistics.outputs["statistics"], schema=schema.outputs["schema"]
    )
    anomaly_gate = AnomalyGate(
        anomalies=validator.outputs["anomalies"],
        code_fingerprint=code_of("anomaly_gate"),
    )

    transform = tfx.components.Transform(
        examples=examples,
        schema=schema.outputs["schema"],
        preprocessing_fn=dotted(preprocessing_fn),
        splits_config=tfx.proto.SplitsConfig(analyze=[features.TRAIN]),
        materialize=False,
        disable_statistics=True,
        custom_config={
            "params": transform_params(config, source_channels).to_json(),
            "code_fingerprint": code_of("transform"),
        },
    )
    transform.add_upstream_node(anomaly_gate)

    training = {
        "params": config.trainer.to_json(),
        "code_fingerprint": code_of("trainer/run.py"),
        "weights_fingerprint": weights.fingerprint(config.trainer.weights),
    }
    tuner = tfx.components.Tuner(
        examples=examples,
        transform_graph=transform.outputs["transform_graph"],
        schema=schema.outputs["schema"],
        tuner_fn=dotted(tuner_fn),
        train_args=tfx.proto.TrainArgs(splits=[features.TRAIN]),
        eval_args=tfx.proto.EvalArgs(splits=[features.VAL]),
        custom_config={
            **training,
            "params": config.trainer.model_copy(update={"epochs": config.tuner.epochs}).to_json(),
            "code_fingerprint": code_of("trainer/tuning"),
            "tuning": config.tuner.to_json(),
            "state_dir": str(layout.tuning_state),
        },
    )
    trainer = tfx.components.Trainer(
        examples=examples,
        hyperparameters=tuner.outputs["best_hyperparameters"] if config.tuner.enabled else None,
        transform_graph=transform.outputs["transform_graph"],
        schema=schema.outputs["schema"],
        run_fn=dotted(run_fn),
        train_args=tfx.proto.TrainArgs(splits=[features.TRAIN]),
        eval_args=tfx.proto.EvalArgs(splits=[features.VAL]),
        custom_config={**training, "state_dir": str(layout.training_state)},
    )

    operating_point = OperatingPoint(
        trained_model=trainer.outputs["model"],
        examples=examples,
        params_json=config.threshold.to_json(),
        code_fingerprint=code_of("operating_point"),
    )
    model = operating_point.outputs["model"]

    latest_blessed = tfx.dsl.Resolver(
        strategy_class=OlderBlessedModelStrategy,
        **{
            CANDIDATE: model,
            MODEL: Channel(type=Model),
            BLESSING: Channel(type=ModelBlessing),
        },
    ).with_id("LatestBlessedModel")
    scorer = SliceScorer(
        model=model,
        baseline_model=latest_blessed.outputs[MODEL],
        examples=examples,
        params_json=config.scorer.to_json(),
        code_fingerprint=code_of("scorer"),
    )
    evaluator = tfx.components.Evaluator(
        examples=examples,
        model=model,
        baseline_model=latest_blessed.outputs[MODEL],
        eval_config=eval_config(config.gate, gating=True),
        example_splits=[features.VAL],
        schema=schema.outputs["schema"],
    )
    model_gate = ModelGate(
        scores=scorer.outputs["scores"],
        model=model,
        evaluator_blessing=evaluator.outputs["blessing"],
        evaluation_json=config.evaluation.to_json(),
        gate_json=config.gate.to_json(),
        threshold_rule=config.threshold.rule,
        code_fingerprint=code_of("model_gate"),
    )
    pusher = tfx.components.Pusher(
        model=model,
        model_blessing=model_gate.outputs["blessing"],
        push_destination=tfx.proto.PushDestination(
            filesystem=tfx.proto.PushDestination.Filesystem(base_directory=str(layout.pushed))
        ),
    )
    nodes = [
        ingest, slice_filter, leakage_gate, schema, statistics, validator, anomaly_gate,
        transform, trainer, operating_point, latest_blessed, scorer, evaluator, model_gate,
        pusher,
    ]  # fmt: skip
    outputs = {node.id: node.outputs for node in nodes}
    report = Report(
        **{name: outputs[node][key] for name, (node, key) in REPORT_INPUTS.items()},
        params_json=config.report.to_json(),
        settings_json=json.dumps(public_settings(config), sort_keys=True),
        nodes_json=json.dumps({name: node for name, (node, _) in REPORT_INPUTS.items()}),
        code_fingerprint=code_of("report"),
    )
    nodes.append(report)
    if config.ingest.test_buckets:
        test_evaluator = tfx.components.Evaluator(
            examples=examples,
            model=model,
            eval_config=eval_config(config.gate, gating=False),
            example_splits=[features.TEST],
            schema=schema.outputs["schema"],
        ).with_id("TestEvaluator")
        nodes.insert(nodes.index(pusher), test_evaluator)
    if config.tuner.enabled:
        nodes.insert(nodes.index(trainer), tuner)

    return tfx.dsl.Pipeline(
        pipeline_name=config.run.name,
        pipeline_root=str(layout.artifacts),
        components=nodes,
        enable_cache=True,
        metadata_connection_config=tfx.orchestration.metadata.sqlite_metadata_connection_config(
            str(layout.metadata)
        ),
        beam_pipeline_args=beam_args(config.beam),
    )
