"""The label of a log that holds no real practice."""

from domain.history import Fact

SIMULATION_STREAM = "simulation"


class SimulationStarted(Fact):
    """Everything in this log is simulated: practices, people and files are invented, drawn from the seed."""

    seed: int
    providers: int
