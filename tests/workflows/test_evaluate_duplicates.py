"""The measure of how copies are found: from files to numbers, with a small folder."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leitmotiv.errors import UsageError
from leitmotiv.imaging.alter import COPIES
from leitmotiv.settings import Settings
from leitmotiv.workflows import evaluate_duplicates as measure
from tests.imaging.test_keypoints import crowded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed in range(8):
        Image.fromarray(crowded(seed)).save(tmp_path / f"{seed}.png")
    Image.fromarray(crowded(0)).save(tmp_path / "again.webp", lossless=True)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    return tmp_path


@pytest.fixture
def settings() -> Settings:
    return replace(Settings(), workers=1)


def test_copies_are_found_beside_two_hashes(folder, settings, monkeypatch):
    monkeypatch.setattr(measure, "readings", lambda tasks, settings, worker: (worker(t, settings) for t in tasks))
    found = measure.evaluate_duplicates(settings, folder, count=3)
    assert 1 <= found.altered <= 3
    assert found.pictures == 8
    assert found.made == found.altered * len(COPIES)
    assert [Path(path).name for path in found.twins] == ["again.webp"]
    assert [Path(path).name for path, _ in found.failed] == ["broken.jpg"]
    names = [one.name.split(",")[0] for one in found.methods]
    assert names == ["leitmotiv", "leitmotiv", "pHash", "dHash"]
    ours, _, phash, _ = (one.judged.recall.value for one in found.methods)
    assert ours > 0.9
    assert ours > phash
    assert set(found.methods[0].judged.kinds) == set(COPIES)


def test_only_even_files_are_altered(folder, settings):
    files = measure._files(folder, settings, None)
    even = measure.drawn(files, 0, 99, remainder=0)
    odd = measure.drawn(files, 0, 99, remainder=1)
    assert not even & odd
    assert even | odd == {task.path for task in files}
    assert len(measure.drawn(files, 0, 2, remainder=1)) <= 2


def test_too_few_pictures_are_told(tmp_path, settings):
    with pytest.raises(UsageError, match="is not a folder"):
        measure.evaluate_duplicates(settings, tmp_path / "nowhere")
    with pytest.raises(UsageError, match="None of the pictures"):
        measure.evaluate_duplicates(settings, tmp_path)


def test_portraits_are_a_source_in_the_order_of_their_rows(settings):
    portraits = [measure.portrait(crowded(seed), settings) for seed in range(2)]
    traits = measure.copies.Traits(
        np.stack([one.miniature for one in portraits]), np.stack([one.hashes for one in portraits])
    )
    source = measure.Portraits(("a", "b"), ("", ""), portraits, traits)
    assert list(source.ids) == sorted(source.ids)
    assert source.small(1).shape == (180, 240, 3)
