"""What may be chosen, and who chooses."""

import keras_tuner
from keras_tuner.engine import oracle as oracles
from keras_tuner.oracles import BayesianOptimizationOracle, HyperbandOracle, RandomSearchOracle

from components.trainer import weights
from components.trainer.params import TrainerParams
from components.trainer.tuning.params import TunerParams

FIRST_AT_RANDOM = 3  # trials at least, before a model of the outcomes is asked; KerasTuner's own is nine
OBJECTIVE = "val_loss"  # what picks the exported epoch picks the trial


def space_of(tuning: TunerParams, params: TrainerParams) -> keras_tuner.HyperParameters:
    """Returns what is searched, by the names of the trainer's parameters.

    Random layers that never train teach nothing, so without pretrained weights the unfrozen share
    stays what the settings say.
    """
    space = keras_tuner.HyperParameters()
    _between(space, "learning_rate", tuning.learning_rate_min, tuning.learning_rate_max, "log")
    _between(space, "dropout", tuning.dropout_min, tuning.dropout_max, "linear")
    pretrained = params.weights != weights.NONE
    shares = sorted(set(tuning.unfrozen_shares)) if pretrained else [params.unfrozen_share]
    if len(shares) > 1:
        space.Choice("unfrozen_share", shares)
    else:
        space.Fixed("unfrozen_share", shares[0])
    return space


def oracle_of(tuning: TunerParams, space: keras_tuner.HyperParameters) -> oracles.Oracle:
    """Returns what proposes trials; its `max_trials` is set, which TFX Tuner reads."""
    objective = keras_tuner.Objective(OBJECTIVE, direction="min")
    told = {
        "objective": objective,
        "hyperparameters": space,
        "seed": tuning.seed + 1,  # KerasTuner takes 0 for none and draws one
    }
    if tuning.search == "hyperband":
        oracle = HyperbandOracle(max_epochs=tuning.epochs, **told)
        oracle.max_trials = _hyperband_trials(oracle)
    elif tuning.search == "bayesian":
        at_random = max(FIRST_AT_RANDOM, tuning.trials // 3)
        oracle = BayesianOptimizationOracle(max_trials=tuning.trials, num_initial_points=at_random, **told)
    else:
        oracle = RandomSearchOracle(max_trials=tuning.trials, **told)
    # A corner of the space where trainings diverge is a finding and ends no search.
    oracle.max_consecutive_failed_trials = oracle.max_trials + 1
    return oracle


def _between(
    space: keras_tuner.HyperParameters, name: str, lowest: float, highest: float, sampling: str
) -> None:
    if lowest < highest:
        space.Float(name, lowest, highest, sampling=sampling)
    else:
        space.Fixed(name, lowest)


def _hyperband_trials(oracle: HyperbandOracle) -> int:
    brackets = range(oracle._get_num_brackets())
    return sum(
        oracle._get_size(bracket, number)
        for bracket in brackets
        for number in range(oracle._get_num_rounds(bracket))
    )
