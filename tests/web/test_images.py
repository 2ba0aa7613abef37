import re
from dataclasses import replace

import pytest

from leitmotiv.errors import CompilingError
from leitmotiv.workflows import browse


def test_a_prefix_leads_to_the_full_address(client, library):
    image = library.images_[5]
    answer = client.get(f"/images/{image.id[:8]}")
    assert (answer.status_code, answer.location) == (302, f"/images/{image.id}")


def test_an_unknown_picture_is_a_page_with_a_sentence(client):
    answer = client.get("/images/ffffffffffff")
    assert answer.status_code == 404
    assert "No image has the id ffffffffffff." in answer.text


def test_the_page_shows_name_time_palette_facts_and_trend(client, library):
    image = library.images_[4]
    page = client.get(f"/images/{image.id}").text
    assert f'<h1 class="name">{image.name}</h1>' in page
    assert "from the camera" in page
    assert 'fill="#808080"' in page
    assert "left, below" in page
    assert "Maker &lt;Model&gt;" in page
    assert re.search(r'href="/clusters/\d+" data-go="trend">look \d<', page)
    assert "2 components<" in page


def test_the_four_views_are_there_and_the_ellipses_are_real(client, library):
    page = client.get(f"/images/{library.images_[0].id}").text
    assert re.findall(r'data-show="(\w+)"', page) == ["picture", "ellipses", "sampled", "expected"]
    assert page.count('<ellipse class="over-line"') == 2 * 2
    assert page.count('<ellipse class="edge-line"') == 2
    assert 'cx="48.0" cy="22.4"' in page


def test_neighbours_are_the_pictures_before_and_after(client, library):
    before, image, after = library.images_[9:12]
    page = client.get(f"/images/{image.id}").text
    assert re.search(r'href="/images/(\w+)" data-turn="before"', page)[1] == before.id
    assert re.search(r'href="/images/(\w+)" data-turn="after"', page)[1] == after.id
    first = client.get(f"/images/{library.images_[0].id}").text
    assert 'data-turn="before"' not in first


def test_a_list_travels_with_the_picture_and_is_the_way_back(client, library):
    query, other = library.images_[0], library.images_[1]
    page = client.get(f"/images/{other.id}?like={query.id}").text
    nearest = [one.id for one in library.similar(None, query.id, n=60).results]
    after = nearest[nearest.index(other.id) + 1]
    assert f'href="/images/{after}?like={query.id}" data-turn="after"' in page
    assert f'data-up="/ranked/{query.id}"' in page
    assert f'data-first="{query.id}"' in page
    form = client.get(f"/api/v1/images/{other.id}/around?like={query.id}&n=1").json
    assert (form["at"], form["total"], form["ids"][-1]) == (nearest.index(other.id) + 1, 60, after)


def test_a_list_without_the_picture_gives_way_to_all_pictures(client, library):
    image = library.images_[3]
    page = client.get(f"/images/{image.id}?q=year:1990").text
    assert f'href="/images/{library.images_[4].id}" data-turn="after"' in page
    assert "</span>4 of 60<" in page


def test_a_part_of_the_page_lies_over_other_pages(client, library):
    image = library.images_[4]
    part = client.get(f"/images/{image.id}?part=viewer").text
    assert f'data-viewer data-id="{image.id}"' in part
    assert "<template data-style>" in part
    assert not re.search(r"<style|<script|<nav class=.nav|style=", part)
    assert client.get(f"/images/{image.id}?part=similar").text.count("data-why") == 16
    assert client.get(f"/images/{image.id}?part=head").status_code == 400


def test_the_page_shows_what_was_said_of_the_picture(client, library):
    page = client.get(f"/images/{library.images_[4].id}").text
    assert 'data-stars="3"' in page
    assert page.count('class="full"') == 3


def test_the_whole_picture_is_sent_where_it_has_to_be_transcoded(client, library, monkeypatch):
    asked = []
    monkeypatch.setattr(
        browse, "display", lambda session, image_id, *, full=False: asked.append(full) or (b"x", "image/jpeg")
    )
    address = f"/images/{library.images_[0].id}/file"
    tags = {client.get(address).headers["ETag"], client.get(f"{address}?size=full").headers["ETag"]}
    assert asked == [False, True]
    assert len(tags) == 2
    assert client.get(f"{address}?size=1").status_code == 400


def test_similar_pictures_show_their_divergence_and_a_link_to_all(client, library):
    image = library.images_[0]
    page = client.get(f"/images/{image.id}").text
    nearest = library.similar(None, image.id, n=1).results[0]
    assert f'<span class="number">{nearest.divergence:.3f}</span>' in page
    assert f'href="/ranked/{image.id}"' in page


def test_the_page_stands_while_the_mathematics_is_compiled(client, library, monkeypatch):
    def compiling(*args, **options):
        raise CompilingError("leitmotiv is preparing its mathematics.")

    monkeypatch.setattr(browse, "similar", compiling)
    answer = client.get(f"/images/{library.images_[0].id}")
    assert answer.status_code == 200
    assert "preparing its mathematics" in answer.text


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/thumb/{}/256.jpg", "image/jpeg"),
        ("/thumb/{}/512.jpg", "image/jpeg"),
        ("/images/{}/file", "image/jpeg"),
        ("/images/{}/expected.webp", "image/webp"),
        ("/images/{}/sampled.webp?size=1024", "image/webp"),
    ],
)
def test_pictures_are_sent_once(client, library, address, kind):
    first = client.get(address.format(library.images_[0].id))
    assert (first.status_code, first.mimetype) == (200, kind)
    again = client.get(address.format(library.images_[0].id), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "private" in first.headers["Cache-Control"]


def test_thumbnails_never_change(client, library):
    answer = client.get(f"/thumb/{library.images_[0].id}/256.jpg")
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_that_came_back_replaces_its_stand_in(client, library):
    image = library.images_[0]
    here = client.get(f"/images/{image.id}/file").headers["ETag"]
    library.images_[0] = replace(image, state="offline")
    assert client.get(f"/images/{image.id}/file", headers={"If-None-Match": here}).status_code == 200


def test_an_average_may_be_kept_only_under_the_name_of_its_members(client, library):
    group = library.clusters(None).clusters[0]
    page = client.get("/clusters").text
    address = re.search(rf"/clusters/{group.id}/average\.webp\?count=6&amp;v=[\w-]+", page)[0].replace("&amp;", "&")
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get(f"/clusters/{group.id}/average.webp?v=old").headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/thumb/{}/300.jpg", "/images/{}/expected.webp?size=9000"])
def test_sizes_are_bounded(client, library, address):
    answer = client.get(address.format(library.images_[0].id))
    assert answer.status_code == 400
    assert "size is" in answer.text


@pytest.mark.parametrize("name", ["../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/etc/passwd"])
def test_no_path_from_a_request_is_opened(client, name):
    for address in (f"/images/{name}", f"/images/{name}/file", f"/thumb/{name}/256.jpg", f"/static/{name}"):
        answer = client.get(address)
        assert answer.status_code in (308, 404)
        assert "root:" not in answer.text


def test_what_a_catalogue_says_of_a_picture_stands_among_its_facts(client, library):
    page = client.get(f"/images/{library.images_[0].id}").text
    assert "<dt>Caption</dt><dd>A &lt;harbour&gt;</dd><dt>Artist</dt><dd>Monet &lt;i&gt;</dd>" in page


def test_a_part_of_a_picture_is_sent_where_it_is_asked_for(client, library):
    address = f"/thumb/{library.images_[0].id}/256.jpg"
    whole = client.get(address)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = client.get(address, headers={"Range": "bytes=2-9"})
    assert (part.status_code, part.data) == (206, whole.data[2:10])
    assert part.headers["Content-Range"] == f"bytes 2-9/{len(whole.data)}"
    other = client.get(address, headers={"Range": "bytes=2-9", "If-Range": '"another"'})
    assert (other.status_code, other.data) == (200, whole.data)
    assert client.get(address, headers={"Range": f"bytes={len(whole.data) + 5}-"}).status_code == 416
    assert client.head(address).headers["Content-Length"] == str(len(whole.data))
