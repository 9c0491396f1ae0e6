"""What a scenario writes is a model of its own; it is made ready when a scenario is first read, not at every start."""

from pydantic import ConfigDict

from domain.model import Frozen


class Written(Frozen):
    """A part of a scenario file."""

    model_config = ConfigDict(defer_build=True)
