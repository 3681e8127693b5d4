"""Start several local services under one supervisor, and leave nothing behind.

    launcher (``__main__``, foreground, owns the terminal)
    └── supervisord (own session; restarts what dies, with backoff)
        └── keeper, one a program (ties the program's whole family to its own life)
            └── the program

Whichever of them is killed, the ones below it end: each asks the kernel to be told when its
parent dies (Linux), or watches the parent's id (elsewhere).
"""
