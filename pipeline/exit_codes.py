"""Exit statuses of `ichor`, as in the tables of README.md and docs/kubeflow.md."""

__all__ = ["DRIFT", "ERROR", "INTERRUPTED", "NOT_BLESSED", "NOT_KNOWN", "NOT_SENT", "OK", "TERMINATED"]

OK = 0  # done; of a run: the model is blessed and pushed, by this run or by the earlier one that it repeats
ERROR = 1  # an error, or a refusal, reported in a line or two; of a run on KFP: it failed or was cancelled
WRONG_CALL = 2  # the command line cannot be understood, as argparse has it
INTERRUPTED = 130  # by Ctrl-C: 128 and the number of the signal
TERMINATED = 143  # by SIGTERM

NOT_BLESSED = 3  # of `ichor run` and `ichor demo`: the model did not pass its gates
DRIFT = 3  # of `ichor check`: the new slices are others than those that the model was trained on
NOT_SENT = WRONG_CALL  # of what speaks to KFP: wrong call, no connection, or refused
NOT_KNOWN = 3  # of `ichor submit --wait`: how the run ends is not known; it goes on
