"""What the kernel says of a container's memory, by either version of control groups."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from tests.images.engine import podman

_MIB = 1024 * 1024
_SECOND = ("memory.max", "memory.current", "memory.peak", "anon", "file", "oom_kill")
_FIRST = (
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    "memory.max_usage_in_bytes",
    "total_rss",
    "total_cache",
    "oom_kill",
)
_READ = """\
cd /sys/fs/cgroup
[ -f memory.max ] || cd memory
for file in memory.max memory.current memory.peak memory.limit_in_bytes memory.usage_in_bytes \
memory.max_usage_in_bytes; do
    [ ! -f $file ] || echo $file $(cat $file)
done
cat memory.stat
cat memory.events 2>/dev/null || cat memory.oom_control
"""


@dataclass(frozen=True)
class Memory:
    """In MiB.

    Attributes
    ----------
    limit
    charged
        Everything that counts towards the limit, now; pages of files are given back when needed.
    highest
        The highest that it was.
    anonymous
        What cannot be given back.
    files
        Pages of files, libraries among them.
    kills
        Processes that were killed because the limit was reached; a number, no MiB.
    """

    limit: int
    charged: int
    highest: int
    anonymous: int
    files: int
    kills: int

    def figures(self) -> dict[str, int]:
        """For a record."""
        return asdict(self)


def memory_of(container: str) -> Memory:
    """The memory of a running container."""
    text = podman("exec", container, "sh", "-c", _READ)
    named = dict(line.split() for line in text.splitlines() if len(line.split()) == 2)
    names = _SECOND if "memory.max" in named else _FIRST
    *sizes, kills = (int(named.get(name, 0)) for name in names)
    return Memory(*(size // _MIB for size in sizes), kills=kills)
