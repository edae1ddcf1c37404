"""Every default of the project, once, with unit and reason."""

from collections.abc import Mapping
from typing import Any, cast

from components.drift.params import DriftParams
from components.explanations.params import ExplainParams
from components.ingest.params import IngestParams
from components.leakage.params import LeakageParams
from components.metrics.params import EvaluationParams, GateParams
from components.operating_point.params import ThresholdParams
from components.parameters import Declaration, Parameters
from components.phantoms.params import PhantomFolderParams
from components.report.params import ReportParams
from components.scorer.params import ScorerParams
from components.slice_filter.params import FilterParams
from components.trainer.params import TrainerParams
from components.trainer.tuning.params import TunerParams
from components.transform.params import TransformParams
from pipeline.settings.params import BeamParams, KubeflowParams, RunParams, TrackingParams

__all__ = ["DEFAULTS", "Config"]


class Config(Parameters):
    """All settings of a run, a group for each component.

    Example:
      >>> from pipeline.settings.loading import load
      >>> config = load(environment={}, read_file=False).config
      >>> config.trainer.epochs, config.value("trainer.epochs")
      (10, 10)
      >>> Config.settings()["trainer.epochs"].unit
      'epochs'
      >>> Config.from_json(config.to_json()) == config
      True
    """

    run: RunParams
    beam: BeamParams
    ingest: IngestParams
    filter: FilterParams
    leakage: LeakageParams
    transform: TransformParams
    tuner: TunerParams
    trainer: TrainerParams
    evaluation: EvaluationParams
    threshold: ThresholdParams
    scorer: ScorerParams
    gate: GateParams
    report: ReportParams
    drift: DriftParams
    tracking: TrackingParams
    explain: ExplainParams
    phantoms: PhantomFolderParams
    kubeflow: KubeflowParams

    @classmethod
    def settings(cls) -> dict[str, Declaration]:
        """Returns what is known of each setting, by "group.name", groups as above, names as in DEFAULTS."""
        return {
            f"{group}.{name}": cast(type[Parameters], field.annotation).declarations()[name]
            for group, field in cls.model_fields.items()
            for name in DEFAULTS[group]
        }

    def value(self, key: str) -> Any:
        """Returns the value of a setting by its "group.name"."""
        group, _, name = key.partition(".")
        return getattr(getattr(self, group), name)


DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "run": {
        "name": "ichor",
        "data": "data",
        "output": "ichor-output",
    },
    "beam": {
        "engine": "direct",
        "running_mode": "in_memory",  # each worker process imports TFX: some 25 s a node
        "workers": 2,
        "job_endpoint": "",
        "artifact_endpoint": "",
        "environment_type": "external",  # needs nothing of the engine, and TFX is imported once a worker
        "environment_config": "127.0.0.1:50000",  # a pool on each worker's own machine, at Beam's usual port
        "sdk_image": "",
        "parallelism": 0,
        "project": "",
        "region": "",
        "temp_location": "",
        "options": [],
    },
    "ingest": {
        "form": "auto",
        "source": "auto",
        "windows": "40/80 80/200 600/2800",  # brain, subdural, bone
        "series": "one",  # a second series shows the same anatomy again
        "table": "labels.csv",
        "hemorrhage_folders": ["hemorrhage"],
        "normal_folders": ["normal"],
        "patient_pattern": "",
        "slicing_columns": ["*"],
        "max_slicing_values": 12,  # months, scanners, decades of age; not names
        "key_file": "",
        "seed": 0,
        # train : validation = 4 : 1, and a sixth of the patients untouched
        "train_buckets": 4,
        "val_buckets": 1,
        "test_buckets": 1,
        "max_rejected_share": 0.05,  # more is a broken export, not a few bad files
        "min_side": 32,  # an icon or a thumbnail is below
        "max_side": 4096,  # CT is 512, digitised film reaches 4,096
        "shards": 0,
    },
    "filter": {
        "enabled": True,
        "min_brain_share": 0.02,  # drops no hemorrhage in two public sets of 5,947 slices
        "max_lost_hemorrhage_share": 0.01,  # room for a wrong label, not for a wrong threshold
        "contact_sheet_slices": 24,  # three rows: what a person looks at
    },
    "leakage": {
        "action": "fail",
        # docs/decisions/0005-leakage.md: finds copies that were encoded, resized or brightened anew, and no
        # two patients of a real set.
        "max_hash_distance": 16,
        "min_correlation": 0.85,
        "max_dropped_share": 0.1,  # more is a broken split, not a few copies
        "example_pairs": 24,  # six rows: what a person looks at
    },
    "transform": {
        "image_side": 224,  # of the recipe
        "channels": 0,  # grey for images, a channel a window for DICOM
    },
    "tuner": {
        "enabled": False,  # the recipe is fixed, and a search costs as much as many trainings
        "search": "random",  # with so few trials a model of the outcomes has little to go by
        "trials": 10,
        "epochs": 4,  # of the recipe's ten: enough to separate a good rate from a bad one
        # A decade to each side of the recipe's rate, and dropout on both sides of its own.
        "learning_rate_min": 0.00005,
        "learning_rate_max": 0.005,
        "dropout_min": 0.2,
        "dropout_max": 0.7,
        "unfrozen_shares": [0.0, 0.25, 0.5, 1.0],
        "seed": 0,
    },
    "trainer": {
        # The recipe: trunk, weights, depth, dropout, learning rate, epochs; and Keras' own momentum.
        "trunk": "inception_v3",
        "weights": "imagenet",
        "batch_norm_momentum": 0.99,
        "batch_norm_batches": 0,  # 16 helps random weights at a momentum of 0.99 (docs/data.md)
        "unfrozen_share": 1.0,
        "dropout": 0.5,
        "learning_rate": 0.0005,
        "batch_size": 32,  # Keras' own
        "epochs": 10,
        "warmup_epochs": 0,
        "early_stopping_patience": 0,
        # The recipe weighs and changes no slice; these are there to be set.
        "class_weights": "none",
        "flip": False,
        "rotation_degrees": 0.0,
        "shift_share": 0.0,
        "zoom_share": 0.0,
        "brightness_share": 0.0,
        "mixed_precision": True,
        "cache_megabytes": 4000,  # 80,000 grey slices of 224 pixels; half of a small machine's memory
        "seed": 0,
    },
    "threshold": {
        "rule": "sensitivity",  # a missed hemorrhage costs more than a false alarm
        "min_sensitivity": 0.95,
        "min_specificity": 0.9,
        "value": 0.5,
        "temperature_scaling": False,
    },
    "scorer": {
        "train_slices": 2000,  # enough to see how far training is ahead of validation
        "seed": 0,
    },
    "evaluation": {
        "patient_score": "max",  # one slice with a hemorrhage makes a patient with one
        "top_k": 3,
        "replicates": 2000,  # ends of a 95 % interval that move by a tenth of its width from seed to seed
        "confidence": 0.95,
        "prevalence": 0.0,
        "min_subgroup_slices": 20,  # by fewer one slice is worth more than 0.05
        "min_subgroup_patients": 5,  # fewer resampled are hardly ever others
        "seed": 0,
    },
    "gate": {
        "min_binary_accuracy": 0.8,  # the first version reached 0.93; set it above your larger class
        "max_accuracy_drop": 0.01,  # one slice in a hundred is noise on a small validation split
        "at_specificity": 0.9,
        # Off; what can be demanded depends on how many patients there are (docs/evaluation.md).
        "min_sensitivity_bound": 0.0,
        "subgroup_metric": "auc",
        "min_subgroup_metric": 0.0,
        "max_ece": 1.0,
        "max_auc_drop": 1.0,
    },
    "report": {
        "sample_slices": 10,  # two rows of a class on a screen
        "dropped_slices": 5,
        "threshold_slices": 6,
        "false_positives": 18,
        "max_megabytes": 9.5,  # mail servers take 10; half of it is plotly
        "owner": "",
        "contact": "",
        "license": "",
        "data_source": "",
        "labels_source": "",
    },
    "drift": {
        "min_slices": 200,  # of ten patients at least; by fewer the verdict is chance (docs/data.md)
    },
    "tracking": {
        "wandb": False,
        "wandb_mode": "offline",  # nothing leaves the machine before somebody says so
        "mlflow": False,
        "mlflow_uri": "",
        "project": "ichor",
    },
    "explain": {
        "steps": 64,  # of phantoms' logits, 32 left a twentieth unaccounted for (docs/explanations.md)
        "smoothing_share": 0.04,  # 4 of 96 pixels pointed best of 0 to 4 (docs/explanations.md)
        "tolerance": 0.0,  # a peak beside the bleed is not in it
        "shuffles": 3,  # about every second one takes all for evidence against a hemorrhage
        "seed": 0,
    },
    "phantoms": {
        "patients": 40,
        "seed": 0,
        "side": 256,
        "slices_per_series": 20,
        "hemorrhage_share": 0.55,
        "format": "png",
    },
    "kubeflow": {
        "image": "",
        "pipeline_root": "",
        "state_dir": "/tmp/ichor",
        "volumes": [],
        "image_pull_secret": "",
        "key_secret": "",
        "key_folder": "/etc/ichor/key",
        "key_name": "patient.key",
        "cpu": {"default": 1, "SliceExampleGen": 2, "Transform": 2, "Trainer": 4, "Tuner": 4},
        "memory": {"default": 4, "Trainer": 16, "Tuner": 16},  # a training's cache is 4 of it
        "gpus": 0,
        "gpu_type": "nvidia.com/gpu",
        "gpu_node_selector": {},
        "gpu_tolerations": [],
        "retries": 2,
        "retry_seconds": 30,
        "retry_hours": 168,  # Argo counts the tries' own run time, and a training may take days
        "cache": True,
        "metadata_address": "metadata-grpc-service.kubeflow.svc.cluster.local:8080",  # as KFP installs it
        "runtime_parameters": [  # what is changed as a rule from run to run
            "run.data",
            "trainer.epochs",
            "trainer.learning_rate",
            "trainer.batch_size",
            "threshold.rule",
            "threshold.min_sensitivity",
            "threshold.value",
            "gate.min_binary_accuracy",
        ],
        "experiment": "ichor",
        "request_seconds": 60,  # an upload through a slow gateway
        "poll_seconds": 10,  # KFP writes a run's state down about as often
        "patience_seconds": 900,  # longer than an upgrade of the server or a laptop's way home
        "listed_runs": 50,  # a screen or two
    },
}
