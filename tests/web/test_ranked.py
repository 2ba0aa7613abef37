import re
from dataclasses import replace

from leitmotiv.web import ranked
from leitmotiv.workflows import browse


def test_pages_join_to_the_whole_ranking(client, library, monkeypatch):
    monkeypatch.setattr(ranked, "PAGE", 25)
    image = library.images_[0]
    seen = []
    address = f"/ranked/{image.id}"
    while address:
        page = client.get(address).text
        seen += re.findall(r'<figure class="near">\s*<a class="tile[^>]*data-id="(\w+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1] if found else ""
    assert seen == [result.id for result in library.similar(None, image.id, n=100).results]


def test_the_scale_and_a_typical_pair_are_told(client, library):
    image = library.images_[0]
    page = client.get(f"/ranked/{image.id}").text
    middle = library.similar(None, image.id, n=1, offset=59 // 2).results[0]
    assert "0.69 nothing in common" in page
    assert f"A typical pair with this picture has {middle.divergence:.2f}" in page


def test_what_is_corrected_for_hubs_is_shown_with_its_nats(client, library, monkeypatch):
    plain = library.similar

    def corrected(*args, **options):
        ranking = plain(*args, **options)
        return replace(
            ranking, unit="relative", results=tuple(replace(one, score=one.score / 2) for one in ranking.results)
        )

    monkeypatch.setattr(library, "similar", corrected)
    monkeypatch.setattr(browse, "similar", corrected)
    image = library.images_[0]
    nearest = corrected(None, image.id, n=1).results[0]
    for address in (f"/ranked/{image.id}", f"/images/{image.id}"):
        page = client.get(address).text
        wanted = f'title="Jensen-Shannon divergence {nearest.divergence:.3f} nats">{nearest.score:.3f}</span>'
        assert wanted in page
        assert "0.69 nothing in common" not in page
    assert "Relative divergence: 0 is the same look" in client.get(f"/ranked/{image.id}").text


def test_a_prefix_keeps_its_place(client, library):
    image = library.images_[0]
    answer = client.get(f"/ranked/{image.id[:10]}?from=25&image_id=x&_external=1")
    assert (answer.status_code, answer.location) == (302, f"/ranked/{image.id}?from=25")


def test_the_only_picture_has_no_ranking(client, library):
    del library.images_[1:]
    page = client.get(f"/ranked/{library.images_[0].id}").text
    assert "no other picture" in page


def test_a_place_that_is_no_number_is_told(client, library):
    answer = client.get(f"/ranked/{library.images_[0].id}?from=x")
    assert answer.status_code == 400
    assert "from is &#39;x&#39;, but must be a whole number" in answer.text
