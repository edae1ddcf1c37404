"""Which model a candidate is compared with."""

import ml_metadata as mlmd
from tfx import types
from tfx import v1 as tfx

from schemas import features

__all__ = ["BLESSING", "CANDIDATE", "MODEL", "OlderBlessedModelStrategy"]

CANDIDATE = "candidate"
MODEL = "model"
BLESSING = "model_blessing"


class OlderBlessedModelStrategy(tfx.dsl.experimental.LatestBlessedModelStrategy):
    """Resolves the latest blessed model that is older than the candidate.

    TFX's own strategy may resolve the candidate itself once it is blessed: an unchanged second
    run would then compare a model with itself, evaluate again and push again. Only blessings that are the
    last word count: a model that Evaluator blesses may fail another gate of ModelGate's.
    """

    def resolve_artifacts(
        self, store: mlmd.MetadataStore, input_dict: dict[str, list[types.Artifact]]
    ) -> dict[str, list[types.Artifact]]:
        """Returns a model and its blessing, or neither, for `MODEL` and `BLESSING`.

        Args:
          store: ML Metadata.
          input_dict: `CANDIDATE` holds the model to be judged, `MODEL` and `BLESSING` all there are.
        """
        (candidate,) = input_dict[CANDIDATE]
        older = {
            MODEL: [model for model in input_dict[MODEL] if model.id < candidate.id],
            BLESSING: [
                blessing
                for blessing in input_dict[BLESSING]
                if blessing.get_int_custom_property(features.FINAL_BLESSING)
            ],
        }
        return {CANDIDATE: [candidate], **super().resolve_artifacts(store, older)}
