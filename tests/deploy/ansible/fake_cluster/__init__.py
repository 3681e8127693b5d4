"""A Kubernetes API server in memory, over HTTPS, with the controllers that a deployment waits for.

It holds what a deployment touches: discovery, objects with versions and generations, server-side
apply with ownership by field manager, dry runs, refusal of what Kubernetes refuses (a changed Job,
an unknown namespace), and the progress of Deployments, StatefulSets and Jobs. It schedules
nothing and starts no container: whether an image works is told to it (`faults`).
"""
