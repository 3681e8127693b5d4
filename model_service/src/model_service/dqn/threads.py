"""One thread for TensorFlow, so that bits do not depend on how many cores there are.

A matrix product that is shared among threads adds its terms in another order. Training therefore
runs on one thread of a process of its own; a machine's other cores train other seeds.
"""

from __future__ import annotations

import tensorflow as tf


def use_one_thread() -> bool:
    """Let this process compute with one thread; to be called before TensorFlow's first operation.

    Returns
    -------
    bool
        Whether one thread is in force: a process that has computed already keeps its number.
    """
    threading = tf.config.threading
    if (
        threading.get_intra_op_parallelism_threads() != 1
        or threading.get_inter_op_parallelism_threads() != 1
    ):
        try:
            threading.set_intra_op_parallelism_threads(1)
            threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:
            return False
    return True
