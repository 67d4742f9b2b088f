"""Why the simulator itself ended a world's episode."""

from enum import IntFlag

from volery import _volery


class Status(IntFlag):
    """Bits of `Batch.status` and `info["status"]`; 0 where all is well.

    A flagged world was truncated, and is reset as its autoreset mode says. The others go on
    exactly as if nothing had happened.
    """

    OK = int(_volery.Status.OK)
    DIVERGED = int(_volery.Status.DIVERGED)
    """A state that is not finite or runs away; lower the step or check the actions."""
    CONTACT_OVERFLOW = int(_volery.Status.CONTACT_OVERFLOW)
    """More touching pairs than `max_contact_pairs`."""
    SPAWN_FAILED = int(_volery.Status.SPAWN_FAILED)
    """The task could not place every agent."""
