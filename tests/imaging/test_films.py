import io

import numpy as np
import pytest
from PIL import Image

from leitmotiv.errors import ImageReadError, MissingExtraError, UsageError
from leitmotiv.imaging import films

COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30)]
FRAMES = [np.full((48, 64, 3), colour, np.uint8) for colour in COLOURS]


def read(path, **more):
    with films.opened(path, **more) as film:
        return list(film.frames), film


@pytest.mark.parametrize("kind", [".gif", ".png", ".mp4"])
def test_a_film_comes_back_frame_by_frame(tmp_path, kind):
    path = tmp_path / f"film{kind}"
    assert films.write(path, iter(FRAMES), 5.0, kind) == 4
    found, film = read(path)
    assert len(found) == film.expected == 4
    assert film.rate == pytest.approx(5)
    for frame, colour in zip(found, COLOURS, strict=True):
        assert frame.shape == (48, 64, 3)
        np.testing.assert_allclose(frame[20:28, 20:44].mean((0, 1)), colour, atol=8)


def test_a_video_is_shrunk_while_it_is_read(tmp_path):
    path = tmp_path / "film.mp4"
    films.write(path, FRAMES, 5.0, ".mp4")
    assert read(path, side=24)[0][0].shape == (24, 32, 3)
    films.write(tmp_path / "film.gif", FRAMES, 5.0, ".gif")
    assert {frame.shape for frame in read(tmp_path / "film.gif", side=24)[0]} == {(24, 32, 3)}


def test_a_playlist_reads_no_other_file_whatever_it_is_called(tmp_path):
    films.write(tmp_path / "own.mp4", FRAMES, 5.0, ".mp4")
    for name, text in (
        ("list.m3u8", "#EXTM3U\n#EXTINF:1,\nown.mp4\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "#EXTM3U\n#EXTINF:1,\nown.mp4\n#EXT-X-ENDLIST\n"),
        ("list.avi", "ffconcat version 1.0\nfile own.mp4\n"),
        ("list", "x"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(ImageReadError, match=r"films are \.3g2|no video that can be read"):
            read(tmp_path / name)


def test_a_video_that_gives_no_frame_is_given_up(tmp_path, monkeypatch):
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nprintf 'P6\\n1 1\\n255\\nabc'\nexec sleep 60\n")
    slow.chmod(0o755)
    (tmp_path / "a.mp4").write_bytes(b"x")
    monkeypatch.setattr(films, "_ffmpeg", lambda: str(slow))
    monkeypatch.setattr(films, "PATIENCE_S", 1.0)
    with films.opened(tmp_path / "a.mp4") as film:
        assert next(film.frames).tolist() == [[[97, 98, 99]]]
        with pytest.raises(ImageReadError, match="no frame came for 1 seconds"):
            next(film.frames)


def test_films_with_large_frames_are_refused_also_where_a_later_frame_is_large(tmp_path):
    films.write(tmp_path / "whole.mp4", FRAMES, 5.0, ".mp4")
    whole = io.BytesIO()
    images = [Image.fromarray(frame) for frame in FRAMES]
    images[0].save(whole, "GIF", save_all=True, append_images=images[1:])
    (tmp_path / "whole.gif").write_bytes(whole.getvalue())
    for name in ("whole.gif", "whole.mp4"):
        assert len(read(tmp_path / name, max_megapixels=0.004)[0]) == 4
        with pytest.raises(ImageReadError, match=name):
            read(tmp_path / name, max_megapixels=0.003)
    data = whole.getvalue()
    second = data.index(b"\x2c", data.index(b"\x2c" + bytes(4)) + 10)
    while data[second + 5 : second + 9] != b"\x40\0\x30\0":
        second = data.index(b"\x2c", second + 1)
    (tmp_path / "grows.gif").write_bytes(data[: second + 5] + b"\xff\xff\xff\xff" + data[second + 9 :])
    with films.opened(tmp_path / "grows.gif", max_megapixels=0.004) as film:
        assert next(film.frames).shape == (48, 64, 3)
        with pytest.raises(ImageReadError, match="more than the limit"):
            next(film.frames)


def test_frames_of_a_folder_come_in_the_order_of_their_numbers(tmp_path):
    for number, frame in zip((1, 2, 10), FRAMES, strict=False):
        Image.fromarray(frame).save(tmp_path / f"f{number}.png")
    found, film = read(tmp_path)
    assert film.expected == 3
    assert [tuple(frame[0, 0]) for frame in found] == COLOURS[:3]


def test_what_is_no_film_is_named(tmp_path):
    made = io.BytesIO()
    Image.fromarray(FRAMES[0]).save(made, "GIF", save_all=True, append_images=[Image.fromarray(FRAMES[1])])
    films.write(tmp_path / "whole.mp4", FRAMES, 5.0, ".mp4")
    for name, data in (
        ("cut.mp4", (tmp_path / "whole.mp4").read_bytes()[:400]),
        ("text.mp4", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n"),
        ("no.gif", b"GIF89a"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ImageReadError, match=name.replace(".", r"\.")):
            read(tmp_path / name)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImageReadError, match="has no file"):
        read(tmp_path / "empty")
    with pytest.raises(ImageReadError, match="no such file"):
        read(tmp_path / "nowhere.mp4")
    with pytest.raises(UsageError, match="no frame"):
        films.write(tmp_path / "a.gif", [], 5.0, ".gif")


def test_a_video_without_the_extra_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    (tmp_path / "a.mp4").write_bytes(b"x")
    with pytest.raises(MissingExtraError, match=r"pip install 'leitmotiv\[film\]'"):
        read(tmp_path / "a.mp4")
