"""What the figures were measured on, and how busy it was with other things."""

import os
import platform
import sys
from pathlib import Path


def line() -> str:
    """Processor, cores, memory, system, Python; the load other programs made in the last minute."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    load = os.getloadavg()[0]
    return (
        f"{_processor()}, {cores} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, Python {python}; "
        f"load before {load:.1f}"
    )


def peak_mb(pid: int) -> float:
    """The largest resident memory of a process and its children so far, MiB."""
    return sum(_held(each, "VmHWM") for each in [pid, *_children(pid)])


def held_mb(pid: int) -> list[int]:
    """The resident memory of a process and of each of its children now, MiB; what they share counts in each."""
    return [round(_held(each, "VmRSS")) for each in [pid, *_children(pid)]]


def processor_s(pid: int) -> float:
    """Processor seconds of a process, its children, and those that have ended."""
    found = 0
    for number, each in enumerate([pid, *_children(pid)]):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(") ")[2].split()
        except FileNotFoundError:  # it has just ended
            continue
        found += sum(map(int, fields[11 : 15 if number == 0 else 13]))
    return found / os.sysconf("SC_CLK_TCK")


def _processor() -> str:
    if sys.platform == "linux":
        for text in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if text.startswith("model name"):
                return " ".join(text.partition(":")[2].split())
    return platform.processor() or platform.machine()


def _children(pid: int) -> list[int]:
    found = []
    for place in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, place.read_text().split()):
            found += [child, *_children(child)]
    return found


def _held(pid: int, name: str) -> float:
    for text in Path(f"/proc/{pid}/status").read_text().splitlines():
        if text.startswith(name):
            return int(text.split()[1]) / 1024
    return 0.0
