import base64
import json
import re

import numpy as np

from leitmotiv.web import pictures
from tests.web.fake import FakeLibrary, running


def test_every_day_has_a_heading_with_its_count(client, library):
    page = client.get("/").text
    days = dict(library.days(None))
    assert re.findall(r'data-key="([\d-]+)"', page) == list(days)
    assert page.count('class="tile ') == len(library.images_)
    assert re.findall(r"data-count>(\d+)<", page) == [str(count) for count in days.values()]


def test_ratio_and_colour_stand_in_the_page_before_any_picture(client, library):
    page = client.get("/").text
    image = library.images_[0]
    rule = f".f{image.id[:12]}{{--r:1.500;--c:{image.colour}}}"
    assert rule in page
    assert page.index(rule) < page.index("<img")
    assert "style=" not in page


def test_names_from_files_are_escaped(client, library):
    page = client.get("/").text
    assert "caf\ufffd &lt;b&gt;.jpg" in page
    assert "<b>.jpg" not in page


def test_without_script_a_link_leads_to_the_next_pictures(client, library, monkeypatch):
    monkeypatch.setattr(pictures, "FIRST", 25)
    seen = []
    address = "/"
    while address:
        page = client.get(address).text
        seen += re.findall(r'data-id="([0-9a-f]+)"', page)
        found = re.search(r'data-onward><a[^>]*href="([^"]+)"', page.replace("&amp;", "&"))
        address = found[1] if found else ""
    assert seen == [image.id for image in library.images_]


def test_the_scrubber_links_to_a_time(client, library):
    page = client.get("/").text
    links = re.findall(r'href="(/\?from=[\d-]+)"', page)
    assert len(links) == len({image.taken.at.date().isoformat()[:7] for image in library.images_})
    there = client.get(links[3]).text
    period = links[3].rpartition("=")[2]
    assert re.search(r'data-key="([\d-]+)"', there)[1].startswith(period)
    assert "From the first picture" in there


def test_a_time_after_all_pictures_shows_the_newest(client, library):
    assert library.images_[0].id in client.get("/?from=2099").text


def test_an_empty_library_says_what_to_do(client, library):
    library.images_.clear()
    page = client.get("/").text
    assert "leitmotiv explore ~/Pictures" in page
    assert 'data-wait="images"' in page


def test_an_empty_library_with_a_job_says_that_it_is_being_read(client, library):
    library.images_.clear()
    library.jobs_.append(running(0, 800))
    page = client.get("/").text
    assert "is being read" in page
    assert "0 of 800" in page
    assert "$" not in page


def test_the_bar_shows_the_job_that_runs(client, library):
    assert re.search(r"data-working hidden", client.get("/").text)
    library.jobs_.append(running(30, 60))
    page = client.get("/").text
    assert not re.search(r"data-working hidden", page)
    assert 'value="50"' in page


def test_every_page_names_its_library(client, library: FakeLibrary):
    for address in ("/", "/clusters", "/jobs", "/about", f"/images/{library.images_[0].id}", "/nowhere"):
        assert "shoebox" in client.get(address).text.replace("<wbr>", "")


def test_a_picture_that_is_away_says_so(client, library):
    from dataclasses import replace

    library.images_[0] = replace(library.images_[0], state="offline")
    assert '<span class="on">offline</span>' in client.get("/").text


def columns_of(answer):
    data = answer.data
    assert data[:4] == b"LMG1"
    length = int.from_bytes(data[4:8], "little")
    head = json.loads(data[8 : 8 + length])
    at, n = 8 + length, head["count"]
    ids = [data[at + 32 * one : at + 32 * one + 32].hex() for one in range(n)]
    ratio = np.frombuffer(data, "<u2", n, at + 32 * n) / 1000
    colour = np.frombuffer(data, np.uint8, 3 * n, at + 34 * n).reshape(-1, 3)
    assert len(data) == at + 37 * n
    return head, ids, ratio, colour


def test_the_columns_hold_the_order_the_shapes_and_the_headings(client, library):
    head, ids, ratio, colour = columns_of(client.get("/api/v1/grid"))
    assert ids == [image.id for image in library.images_]
    assert np.abs(ratio - [image.width / image.height for image in library.images_]).max() < 0.001
    assert ["#" + bytes(one).hex() for one in colour.tolist()] == [image.colour for image in library.images_]
    assert [(key, count) for key, _, count in head["sections"]] == library.days(None)
    assert head["sections"][0][1] == "14 June 2025"


def test_the_columns_are_not_sent_twice_and_follow_the_library(client, library):
    tag = client.get("/api/v1/grid").headers["ETag"]
    again = client.get("/api/v1/grid", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/api/v1/grid?sort=taken").headers["ETag"] != tag
    library.images_.pop()
    assert client.get("/api/v1/grid", headers={"If-None-Match": tag}).status_code == 200


def test_rows_say_what_the_tiles_from_a_place_on_show(client, library):
    told = client.get("/api/v1/grid/rows?start=7&count=2&sort=taken").json
    assert told["total"] == 60
    assert [one["id"] for one in told["rows"]] == [image.id for image in library.images_[::-1][7:9]]
    assert base64.b64decode(told["rows"][0]["blobs"]) == bytes((128, 128, 80, 40, 0, 1, 2, 3))
    assert client.get("/api/v1/grid/rows?count=9999").status_code == 400


def test_a_line_narrows_the_page_and_its_chips_widen_it_again(client, library):
    page = client.get("/?q=name:p00+name:3&sort=taken").text
    assert re.findall(r'data-id="([0-9a-f]+)"', page) == [
        image.id for image in library.images_[::-1] if "p00" in image.name and "3" in image.name
    ]
    assert re.findall(r'class="chip[^"]*" href="([^"]+)"', page.replace("&amp;", "&")) == [
        "/?q=name:3&sort=taken",
        "/?q=name:p00&sort=taken",
    ]
    assert "of 60" in page


def test_a_line_that_cannot_be_read_stays_in_the_page_with_the_reason(client):
    answer = client.get("/?q=beach")
    assert answer.status_code == 400
    assert "is no filter" in answer.text
    assert 'value="beach"' in answer.text
    assert "year:" in answer.text
    assert client.get("/api/v1/grid?q=beach").status_code == 400
    assert client.get("/?sort=beauty").status_code == 400


def test_nothing_found_leads_back_to_everything(client):
    page = client.get("/?q=name:nowhere").text
    assert "No picture fits" in page
    assert 'href="/">All 60 pictures' in page
