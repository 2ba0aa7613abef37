import re

from leitmotiv.web import pictures
from tests.web.fake import FakeLibrary, running


def test_every_day_has_a_heading_with_its_count(client, library):
    page = client.get("/").text
    days = dict(library.days(None))
    assert re.findall(r'data-day="([\d-]+)"', page) == list(days)
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


def test_without_script_a_link_leads_to_the_earlier_pictures(client, library, monkeypatch):
    monkeypatch.setattr(pictures, "FIRST", 25)
    seen = []
    address = "/"
    while address:
        page = client.get(address).text
        seen += re.findall(r'data-id="([0-9a-f]+)"', page)
        found = re.search(r'data-onward><a[^>]*href="([^"]+)"', page)
        address = found[1] if found else ""
    assert seen == [image.id for image in library.images_]


def test_the_scrubber_links_to_a_time(client, library):
    page = client.get("/").text
    links = re.findall(r'href="(/\?from=[\d-]+)"', page)
    assert len(links) == len({image.taken.at.date().isoformat()[:7] for image in library.images_})
    there = client.get(links[3]).text
    period = links[3].rpartition("=")[2]
    assert re.search(r'data-day="([\d-]+)"', there)[1].startswith(period)
    assert "From the newest picture" in there


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
