from datetime import UTC, datetime

from leitmotiv.records import Selection
from leitmotiv.workflows import grid
from leitmotiv.workflows.grid import Kept


def test_every_selection_is_a_card_that_leads_to_its_pictures(client, library, monkeypatch):
    at = datetime(2025, 6, 1, tzinfo=UTC)
    images = tuple(library.images_[:3])
    kept = [
        Kept(Selection(1, "Best <b>", "rating:>=3", None, at), 12, images, ""),
        Kept(Selection(2, "Old trend", "cluster:9", None, at), 0, (), "There is no trend 9 in this index."),
    ]
    monkeypatch.setattr(grid, "kept", lambda session: kept)
    page = client.get("/selections").text
    assert "Best &lt;b&gt;" in page
    assert "12 pictures" in page
    assert "rating:&gt;=3" in page
    assert "There is no trend 9" in page
    assert page.count("<img ") >= 3
    assert 'href="/?q=selection:' in page


def test_without_a_selection_the_page_says_how_to_keep_one(client, monkeypatch):
    monkeypatch.setattr(grid, "kept", lambda session: [])
    assert "Nothing is kept" in client.get("/selections").text
