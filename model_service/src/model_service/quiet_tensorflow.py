"""Loading TensorFlow without what it prints."""

from __future__ import annotations

import os
import sys


def load_tensorflow(*, one_thread: bool = False) -> None:
    """Import TensorFlow; what it tells about the processor on standard error is dropped.

    With `one_thread` this process will compute with one thread, as training does.

    It writes those lines before its own log level is in force, so that only the file descriptor
    can be turned away. An import that fails raises as ever.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        import tensorflow as tf

        if one_thread:
            from model_service.dqn.threads import use_one_thread

            use_one_thread()
        tf.constant(0)  # the second line comes with the first operation
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
