"""Places where a test can kill the sequencer: IR_FAILPOINT=name or name:n for the n-th time it is passed.

Only a process that was started with IR_FAILPOINTS_ALLOWED=1 looks at it, so that a stray variable in production does
nothing. The process dies as kill -9 would leave it: no handlers, no clean-up.
"""

import os
import signal
from collections import Counter
from typing import Final

NAMES: Final = (
    "after-take",
    "after-commit",
    "before-sign",
    "after-sign",
    "between-witnesses",
    "after-tile-write",
    "before-checkpoint-rename",
)
_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Die here when the environment says so."""
    if os.environ.get("IR_FAILPOINTS_ALLOWED") != "1":
        return
    wanted, _, count = os.environ.get("IR_FAILPOINT", "").partition(":")
    if wanted != name:
        return
    _passed[name] += 1
    if _passed[name] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
