"""Measuring a library: once, in steps that are kept; flags as filters, counts and words."""

import numpy as np
import pytest
from skimage import data

from benchmarks import damage
from leitmotiv.errors import UsageError
from leitmotiv.imaging.read import encode, shrink
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import critics, critiques, technical
from leitmotiv.workflows.facets import facets
from leitmotiv.workflows.progress import Stopped
from leitmotiv.workflows.selecting import select
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, mixture
from tests.workflows.pictures import picture

SOUND = shrink(np.asarray(data.astronaut()), 200)
PICTURES = {
    "sound.jpg": SOUND,
    "dark.jpg": SOUND // 8,
    "blank.jpg": np.full((90, 120, 3), 250, np.uint8),
    **{f"p{number}.jpg": np.asarray(picture(number)) for number in range(3)},
}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Six pictures whose files are away: they are measured from their thumbnails."""
    with Session(Settings(library=tmp_path_factory.mktemp("home") / "library")) as opened:
        for number, (name, pixels) in enumerate(PICTURES.items()):
            one, small = image(number), encode(pixels, "JPEG", 92)
            held = [file(f"/away/{name}".encode(), one)]
            opened.library.images.add(one, files=held, thumbnails={256: small, 512: small}, mixture=mixture(number))
        yield opened


def names(session, text):
    return {one.name for one in session.library.images.many(list(select(session, text)))}


def test_measuring_rests_between_steps_and_goes_on(session, monkeypatch):
    monkeypatch.setattr(technical, "AT_ONCE", 2)
    assert len(select(session, "flag:unmeasured")) == 6
    assert [one for one in facets(session, "") if one.name == "flag"] == []

    def stop(step):
        if step.done >= 2:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        technical.ensure(session, stop)
    done = session.library.measures.count(technical.VERSION)
    assert 2 <= done < 6
    assert technical.ensure(session) == 6 - done
    assert technical.ensure(session) == 0
    assert len(select(session, "flag:unmeasured")) == 0
    ids, numbers = technical.matrix(session)
    assert list(ids) == sorted(ids)
    assert numbers.shape == (6, technical.WIDTH)


def test_flags_are_filters_with_counts_and_words(session):
    technical.ensure(session)
    assert names(session, "flag:dark") == {"dark.jpg"}
    assert "blank.jpg" in names(session, "flag:empty")
    assert "sound.jpg" in names(session, "flag:none") == names(session, "-flag:any")
    assert names(session, "flag:any") | names(session, "flag:none") == names(session, "")
    (facet,) = [one for one in facets(session, "") if one.name == "flag"]
    for one in facet.values:
        assert len(select(session, one.line)) == one.count
    with pytest.raises(UsageError, match="blurred or noisy"):
        select(session, "flag:ugly")
    (dark,) = select(session, "flag:dark")
    told = technical.told(session, dark)
    assert [name for name, _ in told.flags] == ["dark"]
    assert all(0 <= share <= 1 for _, _, share in told.bars)


def test_pages_show_them(session):
    technical.ensure(session)
    client = create_app(session).test_client()
    (dark,) = select(session, "flag:dark")
    page = client.get(f"/images/{dark}").text
    assert "even its brightest places are dark" in page
    assert "Sharpness" in page
    answer = client.get(f"/api/v1/images/{dark}/measures").get_json()
    assert answer["flags"] == ["dark"]
    assert answer["measures"]["bright_end"] < 90
    assert client.get("/api/v1/images/00000000/measures").status_code == 404


def test_a_large_file_on_paper_is_measured_as_without(session, tmp_path):
    photo = np.asarray(data.astronaut()).repeat(2, axis=0).repeat(2, axis=1)
    for name, pixels in (("plain", photo), ("paper", damage.on_paper(photo, 0.2))):
        (tmp_path / f"{name}.png").write_bytes(encode(pixels, "PNG"))
    paths = [bytes(tmp_path / f"{name}.png") for name in ("plain", "paper")]
    plain, paper = (numbers for _, numbers in technical.of_files(session, paths, pytest.fail))
    judge = critics.get(session, "technical")
    scores = critiques.judge(judge, ["plain", "paper"], np.stack([plain, paper])).mean
    assert abs(scores[1] - scores[0]) < 0.2
    np.testing.assert_allclose(technical.of_pixels(damage.on_paper(photo, 0.2)), paper, rtol=0.05, atol=0.05)
