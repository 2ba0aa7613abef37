"""Run a function of a module of this folder in a process of its own, with a chosen number of lanes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ALL = (4, 8, 16)


def run(function, lanes, folder):
    """The arrays that `module:function` returns by name, from a process with that many lanes."""
    target = Path(folder) / f"{lanes}.npz"
    command = [sys.executable, "-W", "error", "-m", "tests.kernels.lanes", function, str(target)]
    environment = {**os.environ, "LEITMOTIV_LANES": str(lanes)}
    root = Path(__file__).parents[2]
    subprocess.run(command, env=environment, cwd=root, check=True, capture_output=True, text=True)
    with np.load(target) as arrays:
        return dict(arrays)


if __name__ == "__main__":
    module, name = sys.argv[1].split(":")
    source = __import__(f"tests.kernels.{module}", fromlist=[name])
    np.savez(sys.argv[2], **getattr(source, name)())
