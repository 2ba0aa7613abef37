"""The kernels whose twins are compared in the process of the tests, once more with other numbers of lanes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leitmotiv.kernels.compiled import LANES
from tests.kernels import lanes

HERE = Path(__file__).parent
# The mixture, the divergence and the words start such processes themselves; all others have no lanes.
MODULES = [HERE / f"test_{name}.py" for name in ("seeding", "blur", "expected")]


@pytest.mark.parametrize("count", [count for count in lanes.ALL if count != LANES])
def test_every_kernel_equals_its_naive_twin_with_another_number_of_lanes(count):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, MODULES)]
    environment = {**os.environ, "LEITMOTIV_LANES": str(count)}
    done = subprocess.run(command, env=environment, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
