"""Where a run reads and writes."""

from components.parameters import Parameters, parameter


class RunParams(Parameters):
    """The name of runs, and their two folders."""

    name: str = parameter("pipeline name in ML Metadata", pattern="^[a-z][a-z0-9-]{0,62}$")
    data: str = parameter("folder of the slices to learn from")
    output: str = parameter("folder for everything that a run makes")
