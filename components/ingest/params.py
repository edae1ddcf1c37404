"""Parameters of SliceExampleGen."""

from components.parameters import parameter, public_parameter
from components.slices.params import ReadingParams

__all__ = ["IngestParams"]


class IngestParams(ReadingParams):
    """How a folder of slices is read, hashed and split."""

    slicing_columns: tuple[str, ...] = public_parameter(
        "further columns of the table to slice metrics by; * for all that have few values"
    )
    max_slicing_values: int = public_parameter(
        "a column found by * with more values than this is left out, numbers are put in bands",
        "values", ge=2,
    )  # fmt: skip
    key_file: str = parameter(
        "file of the secret key that patient ids are hashed with; made when missing; "
        "empty for the user's own in ~/.config/ichor",
        listed=False,
    )
    seed: int = public_parameter("changes which patients fall into which split", ge=0)
    train_buckets: int = public_parameter("share of the patients to train on", "hash buckets", ge=1)
    val_buckets: int = public_parameter("share that picks the epoch and gates", "hash buckets", ge=1)
    test_buckets: int = public_parameter("share that is only reported on", "hash buckets", ge=0)
    shards: int = public_parameter("files per split; 0 for one in 1,000 slices", "files", ge=0)
