"""What a run would take on this machine: seconds and bytes, roughly, without running anything of it.

Source of the measured values: docs/performance.md, "What `ichor inspect` reckons with".
"""

import os
import shutil
import time
from pathlib import Path

import numpy as np

from components.trainer.params import TrainerParams
from components.trainer.trunks import TRUNKS
from pipeline.inspection.findings import Expected, Looks, Split
from pipeline.settings.config import Config
from schemas.features import TRAIN

REFERENCE_SIDE = 224  # pixels of a slice of `Trunk.step_seconds`, which grow in proportion to the pixels
REFERENCE_GFLOPS = 68.0  # 10^9 floating point operations a CPU second, multiplying matrices on that machine
FORWARD = 0.28  # of a training step: validation, evaluation, a frozen trunk
DATA_LOOKS = 3.0  # times reading and measuring a slice once: all nodes before the training
START_SECONDS = 80.0  # imports, one of each node with nothing in it, tracing, export
EPOCH_SECONDS = 1.5  # keeping the state
TIMES_SLOWER = 2.5  # a machine that does other work, too

MODEL_COPIES = 3  # Trainer's, Pusher's, the pushed one
STATE_COPIES = 4  # of the weights while it trains: last, its two moments, best
RECORD_COPIES = 2  # SliceExampleGen's and SliceFilter's
RECORD_BYTES = 600  # of a record beside the image
BYTES_A_MEGABYTE = 10**6
MILLISECONDS = 1000.0  # a second
GPU = Path("/dev/nvidiactl")

MATRIX_SIDE = 1024
TRIES = 10  # of which the fastest counts: other work on the machine slows some down


def expect(slices: int, looks: Looks, split: Split, channels: int, config: Config, output: Path) -> Expected:
    """Reckons what a run would take.

    Args:
      slices: That it reads.
      looks: At some of them.
      split: Which of them it trains on; expected shares where that is not known.
      channels: Of a slice.
      config: The recipe.
      output: Folder that it would write to.
    """
    read = slices * (1 - _share(looks.rejected, looks.slices))
    kept = read - slices * _share(looks.would_drop, looks.slices) * config.filter.enabled
    shares = {name: part.slices / slices for name, part in split.parts.items()} or split.shares
    side = config.transform.image_side
    cores = len(os.sched_getaffinity(0))
    step = TRUNKS[config.trainer.trunk].step_seconds * (side / REFERENCE_SIDE) ** 2 / _speed() / cores
    training = kept * step * _passes(shares[TRAIN], 1 - shares[TRAIN], config.trainer)
    records = RECORD_COPIES * read * (looks.mean_bytes + RECORD_BYTES)
    pixels = kept * side * side * channels
    spilt = pixels if pixels > config.trainer.cache_megabytes * BYTES_A_MEGABYTE else 0
    model = TRUNKS[config.trainer.trunk].model_bytes
    return Expected(
        cores=cores,
        gpu=GPU.exists(),
        data_seconds=slices * DATA_LOOKS * looks.milliseconds / MILLISECONDS,
        training_seconds=training,
        rest_seconds=START_SECONDS + EPOCH_SECONDS * (config.trainer.warmup_epochs + config.trainer.epochs),
        times_slower=TIMES_SLOWER,
        kept_bytes=round(records + MODEL_COPIES * model),
        most_bytes=round(records + spilt + max(MODEL_COPIES, 1 + STATE_COPIES) * model),
        free_bytes=shutil.disk_usage(next(path for path in (output, *output.parents) if path.exists())).free,
    )


def _passes(train: float, others: float, params: TrainerParams) -> float:
    """Returns how many training steps' worth of work each slice gets, all phases together.

    Args:
      train: Share of the slices to train on.
      others: Share of those to measure on.
      params: The recipe; an early stop is not foreseen.
    """
    before_and_after = FORWARD * (train + 2 * others)
    an_epoch = train + FORWARD * others
    a_warm_up = FORWARD * (train + others)
    return before_and_after + params.epochs * an_epoch + params.warmup_epochs * a_warm_up


def _speed() -> float:
    """Returns how fast this machine multiplies matrices, times the reference, by CPU time."""
    matrix = np.random.default_rng(0).random((MATRIX_SIDE, MATRIX_SIDE), np.float32)
    best = float("inf")
    for _ in range(TRIES):
        started = time.process_time()
        matrix @ matrix
        best = min(best, time.process_time() - started)
    return 2 * MATRIX_SIDE**3 / best / 1e9 / REFERENCE_GFLOPS


def _share(numbers: dict[str, int], of: int) -> float:
    return sum(numbers.values()) / of if of else 0.0
