"""How long `leitmotiv --help` takes, beside a Python that starts and does nothing, in turn and in one run.

python -m benchmarks.startup [--runs 30]
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

LEITMOTIV = Path(sys.executable).with_name("leitmotiv")


def seconds(command: list[str]) -> float:
    """Wall-clock time of one run."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30)
    runs = parser.parse_args().runs
    commands = {"python -c pass": [sys.executable, "-c", "pass"], "leitmotiv --help": [str(LEITMOTIV), "--help"]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(seconds(command))
    for name, values in times.items():
        print(f"{name:<18} median {statistics.median(values):.3f} s, slowest {max(values):.3f} s of {runs}")


if __name__ == "__main__":
    main()
