"""The scheduler's command as the command line lists it.

It is found through the entry point group ``contractspoor.commands``: a layer below may not import one above it.
"""

from infrastructure.cli.doors import RUN, Door

DOOR = Door("scheduler", RUN, "Do what falls due by itself, or give one tick.", "scheduler.commands:app")
