"""End a companion process when the one that started it has ended, however that ended."""

import os
import signal
import threading
import time

_LOOK_SECONDS = 1.0


def end_with_parent() -> None:
    """Watch from a thread; a companion that is killed loses nothing (each of them is made for that)."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
