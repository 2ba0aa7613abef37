"""One small library for each test that asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leitmotiv.store.library import Library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library.open(folder) as opened:
        yield opened
