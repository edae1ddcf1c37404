"""The `tuner_fn` of TFX Tuner: each trial is a training as Trainer does it, only shorter."""

import logging
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.engine.trial import Trial
from keras_tuner.errors import FailedTrialError, FatalRuntimeError

from components.trainer import devices, epochs, inputs, weights
from components.trainer.history import DivergedError, History
from components.trainer.inputs import Inputs
from components.trainer.params import TrainerParams
from components.trainer.state import TrainingState, remove_others
from components.trainer.tuning.params import TunerParams
from components.trainer.tuning.space import OBJECTIVE, oracle_of, space_of
from schemas.history import best_epoch
from schemas.hyperparameters import SEARCHED, in_words

if TYPE_CHECKING:  # the caller has TFX loaded
    from tfx.components.trainer.fn_args_utils import FnArgs

__all__ = ["tuner_fn"]

EARLIER, EPOCHS = "tuner/trial_id", "tuner/epochs"  # Hyperband's: which trial goes on, and up to where

log = logging.getLogger("ichor.trainer")


class Search(NamedTuple):
    """What TFX Tuner asks of a `tuner_fn`: its own `TunerFnResult`, without loading TFX."""

    tuner: BaseTuner
    fit_kwargs: dict[str, Any]


def tuner_fn(fn_args: "FnArgs") -> Search:
    """Readies a search; called by TFX Tuner.

    A search that was killed goes on in the epoch where it stopped if nothing changed since; what is
    left of any other is deleted first.

    Args:
      fn_args: As of `run.run_fn`; `custom_config` holds "tuning", `TunerParams` as JSON, too.
    """
    config = fn_args.custom_config
    params = TrainerParams.from_json(config["params"])
    tuning = TunerParams.from_json(config["tuning"])
    weights.require_unchanged(params.weights, config["weights_fingerprint"])
    folder = inputs.state_folder(fn_args, [config["params"], config["tuning"]])
    folder.mkdir(parents=True, exist_ok=True)
    for name in remove_others(folder):
        log.info("removed the state of a stopped search that was changed since: %s", name)
    loaded = inputs.load(fn_args, params.cache_megabytes, folder)
    return Search(Trials(params, tuning, loaded, folder), {"verbose": 0})


class Trials(BaseTuner):
    """Trainings that are compared by their lowest validation loss."""

    def __init__(self, params: TrainerParams, tuning: TunerParams, loaded: Inputs, folder: Path):
        """Goes on with what `folder` holds.

        Args:
          params: The recipe; what is searched and the number of epochs are replaced.
          tuning: What is searched and how.
          loaded: Slices to train on.
          folder: Local, for the state of a search under way; removed when it ends.
        """
        self._params = params.model_copy(update={"epochs": tuning.epochs})
        self._loaded = loaded
        self._folder = folder
        self._goes_on_later = tuning.search == "hyperband"
        super().__init__(
            oracle_of(tuning, space_of(tuning, params)), directory=str(folder), project_name="trials"
        )

    def run_trial(self, trial: Trial, verbose: int = 0) -> dict[str, float]:
        """Trains once and returns the lowest validation loss.

        Raises:
          FailedTrialError: The training diverged, which speaks against the trial and for no end.
          FatalRuntimeError: Anything else that went wrong.
        """
        values = trial.hyperparameters.values
        chosen = {name: values[name] for name in SEARCHED}
        params = self._params.model_copy(update=chosen | {"epochs": values.get(EPOCHS, self._params.epochs)})
        name = f"trial {len(self.oracle.trials)}/{self.oracle.max_trials}: {in_words(values)}"
        start = time.monotonic()
        try:
            loss, epoch = self._train(trial, params)
        except DivergedError as error:
            log.info("%s: diverged, %.1f s", name, time.monotonic() - start)
            raise FailedTrialError(str(error)) from error
        except Exception as error:  # KerasTuner would take any for a bad trial and try the next
            raise FatalRuntimeError(str(error)) from error
        finished = [each.score for each in self.oracle.trials.values() if each.score is not None]
        log.info(
            "%s: %s %.4f in epoch %d of %d, best so far %.4f, %.1f s",
            name, OBJECTIVE, loss, epoch, epochs.last_epoch(params), min([loss, *finished]),
            time.monotonic() - start,
        )  # fmt: skip
        return {OBJECTIVE: loss}

    def on_search_end(self) -> None:
        """Removes the state.

        Raises:
          ValueError: No trial came to an end.
        """
        ended = [trial for trial in self.oracle.trials.values() if trial.score is not None]
        shutil.rmtree(self._folder)
        if not ended:
            raise ValueError(
                f"tuner: all {len(self.oracle.trials)} trials diverged; a lower tuner.learning_rate_max "
                "helps most often"
            )

    def search_space_summary(self, extended: bool = False) -> None:
        """Says nothing: settings and the line of each trial say it."""

    def results_summary(self, num_trials: int = 10) -> None:
        """Says nothing: the node's line says it, and the folder that KerasTuner's own names is gone."""

    def _train(self, trial: Trial, params: TrainerParams) -> tuple[float, int]:
        folder = Path(self.get_trial_dir(trial.trial_id))
        state = TrainingState(folder / "state")
        if (earlier := trial.hyperparameters.values.get(EARLIER)) and not state.rows():
            state.take_over(Path(self.get_trial_dir(earlier)) / "state")
        keras.utils.clear_session()  # the graphs of earlier trials
        devices.reproducible(params.seed)
        with devices.strategy().scope(), devices.precision(params.mixed_precision), devices.quick_graphs():
            model = inputs.untrained(params, self._loaded.shape)
            history = History(str(folder / "history"), epochs.last_epoch(params), state.rows(), aloud=False)
            epochs.train(model, self._loaded.splits, params, history, state)
        best = best_epoch(history.rows)
        if not self._goes_on_later:
            state.remove()
        return history.rows[best].val_loss, best
