"""supervisord, tied to the life of the launcher that started it.

``python -m scripts.stack.supervisord PARENT ARGUMENTS…``
"""

from __future__ import annotations

import os
import sys

from supervisor import supervisord

from scripts.stack.lifeline import die_with_parent

if __name__ == "__main__":
    # The keepers are told whose death they are to watch for.
    os.environ["BELLWETHER_SUPERVISOR_PID"] = str(os.getpid())
    die_with_parent(int(sys.argv[1]))
    supervisord.main(sys.argv[2:])
