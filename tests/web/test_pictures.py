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


def packed(answer):
    """The head of a packed answer and the bytes of its columns."""
    assert answer.data[:4] == b"LMG2"
    length = int.from_bytes(answer.data[4:8], "little")
    assert length % 4 == 0
    return json.loads(answer.data[8 : 8 + length]), answer.data[8 + length :]


def test_the_layout_holds_the_shapes_and_the_headings_of_all(client, library):
    head, columns = packed(client.get("/api/v1/grid"))
    ratio = np.frombuffer(columns, "<u2") / 1000
    assert head["count"] == len(library.images_)
    assert np.abs(ratio - [image.width / image.height for image in library.images_]).max() < 0.001
    assert [(key, count) for key, _, count in head["sections"]] == library.days(None)
    assert head["sections"][0][1] == "14 June 2025"


def test_ids_and_colours_come_in_pieces_of_the_same_state(client, library, monkeypatch):
    monkeypatch.setattr(pictures, "PIECE", 7)
    head, _ = packed(client.get("/api/v1/grid?sort=taken"))
    assert head["piece"] == 7
    ids, colours = [], []
    for start in range(0, head["count"], 7):
        piece, columns = packed(client.get(f"/api/v1/grid/columns?sort=taken&start={start}"))
        count = piece["count"]
        assert (piece["state"], piece["start"], count) == (head["state"], start, min(7, head["count"] - start))
        ids += [columns[at : at + 32].hex() for at in range(0, 32 * count, 32)]
        colours += np.frombuffer(columns, np.uint8, offset=32 * count).reshape(-1, 3).tolist()
    assert ids == [image.id for image in library.images_[::-1]]
    assert ["#" + bytes(one).hex() for one in colours] == [image.colour for image in library.images_[::-1]]
    assert packed(client.get("/api/v1/grid/columns?start=9999"))[0]["count"] == 0
    assert client.get("/api/v1/grid/columns?count=99999999").status_code == 400


def test_places_of_pictures_are_told_by_id(client, library):
    ids = [library.images_[at].id for at in (9, 0, 59)]
    told = client.get(f"/api/v1/grid/places?ids={','.join(ids)},{'0' * 64}").json
    assert told["places"] == [9, 0, 59, -1]
    assert told["state"] == packed(client.get("/api/v1/grid"))[0]["state"]
    assert client.get("/api/v1/grid/places").json["places"] == []
    for wrong in ("beef", ",".join(["0" * 64] * 9), "z" * 64):
        assert client.get(f"/api/v1/grid/places?ids={wrong}").status_code == 400


def test_the_columns_are_not_sent_twice_and_follow_the_library(client, library):
    for address in ("/api/v1/grid?", "/api/v1/grid/columns?start=3"):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert client.get(f"{address}&sort=taken").headers["ETag"] != tag
        library.images_.pop()
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


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
