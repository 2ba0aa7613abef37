"""Tests that train: without torch they are left out on a person's machine, and fail where all is to be tested."""

import os

import pytest

from leitmotiv.nets import trainers


def need() -> None:
    if trainers.version() is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("torch is not installed, and with CI=true no test of training is skipped.")
    pytest.skip("torch is not installed: pip install 'leitmotiv[train]'", allow_module_level=True)
