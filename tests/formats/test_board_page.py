"""A board as one page: whole without a server, and nothing that a person wrote becomes markup."""

import base64
import re
from html.parser import HTMLParser

from leitmotiv.formats.board_page import LARGE, MIDDLE, PagePicture, written

JPEG, WEBP = b"\xff\xd8\xff\xe0....JFIF", b"RIFF....WEBPVP8 "


class Reader(HTMLParser):
    """Collects what a page refers to."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.addresses += [value for name, value in attributes if name in ("src", "href")]


def read(page):
    reader = Reader()
    reader.feed(page.decode())
    reader.close()
    return reader


def test_everything_is_inside_the_file():
    page = read(
        written("dusk", "", ["today"], [PagePicture(JPEG)], [PagePicture(WEBP)], [PagePicture(JPEG)], b"concept")
    )
    assert len(page.addresses) == 4
    assert all(one.startswith("data:") for one in page.addresses)
    assert {one.partition(";")[0] for one in page.addresses} == {
        "data:image/jpeg",
        "data:image/webp",
        "data:application/octet-stream",
    }
    assert base64.b64decode(page.addresses[-1].partition(",")[2]) == b"concept"
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe"}


def test_what_a_person_wrote_is_shown_and_never_read_as_markup():
    hostile = '"><script>alert(1)</script><b>'
    page = written(hostile, hostile, [hostile], [PagePicture(JPEG, hostile)], [], [], b"x")
    assert not {tag for tag, _ in read(page).tags} & {"script", "b"}
    assert dict(read(page).tags[-1][1])["download"] == f"{hostile}.cav"


def test_the_best_results_have_most_room_and_pictures_without_data_are_left_out():
    results = [PagePicture(JPEG if place % 5 else b"", f"{place}") for place in range(40)]
    page = written("dusk", "", [], [], [], results)
    sizes = [one["class"] for tag, one in read(page).tags if tag == "figure"]
    assert sizes == ["large"] * LARGE + ["middle"] * MIDDLE + [""] * (32 - LARGE - MIDDLE)
    assert b"It is" not in page
    assert re.findall(rb"<figcaption>(\d+)", page)[0] == b"1"
