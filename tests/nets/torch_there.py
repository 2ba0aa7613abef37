"""Tests that train: without torch they are left out on a person's machine, and fail where all is to be tested."""

import os

import pytest

from leitmotiv.nets import trainers


def need() -> None:
    if trainers.version() is None and os.environ.get("CI") != "true":
        pytest.skip("torch is not installed", allow_module_level=True)
