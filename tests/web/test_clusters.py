import re

import pytest

from leitmotiv.web import clusters
from tests.web.fake import running


def test_trends_is_another_name_for_clusters(client):
    answer = client.get("/trends?count=3&endpoint=x")
    assert (answer.status_code, answer.location) == (302, "/clusters?count=3")


@pytest.mark.parametrize("count", [1, 3, 6])
def test_each_group_has_an_article(client, library, count):
    page = client.get(f"/clusters?count={count}").text
    assert page.count('<article class="trend"') == count
    assert f'<output class="number" data-count>{count}</output>' in page


def test_an_article_shows_exemplar_others_average_palette_name_count_and_coherence(client, library):
    group = library.clusters(None).clusters[0]
    page = client.get("/clusters").text
    article = page[page.index('<article class="trend"') : page.index("</article>")]
    assert f"/thumb/{group.exemplar}/512.jpg" in article
    for other in group.members[1:4]:
        assert f"/thumb/{other}/256.jpg" in article
    assert f"/clusters/{group.id}/average.webp" in article
    assert "palette thin" in article
    assert library.cluster_name(None, group.id) in article
    assert f"{group.size} pictures" in article
    assert "0.80" in article
    assert 'class="base"' in article
    assert 'class="spark"' in article
    assert f'href="/clusters/{group.id}?count=6"' in article


def test_pictures_that_stand_alone_end_the_page_together(client, library):
    page = client.get("/clusters?count=20").text
    alone = library.clusters(None, 20).alone
    assert alone > 0
    assert page.count('<article class="trend"') == 20 - alone
    assert f"{alone} pictures like no other" in page
    part = page[page.index('id="alone"') :]
    assert part.count('class="tile"') == alone


def test_all_that_stand_alone_have_a_page(client, library):
    page = client.get("/clusters/alone?count=20").text
    assert page.count('class="tile ') == library.clusters(None, 20).alone


def test_more_trends_than_a_page_holds_follow(client, library, monkeypatch):
    monkeypatch.setattr(clusters, "PAGE", 4)
    page = client.get("/clusters?count=6").text
    following = re.search(r'data-onward><a[^>]*href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert page.count('<article class="trend"') == 4
    assert client.get(following).text.count('<article class="trend"') == 2


def test_a_stale_index_says_so_with_a_button_that_mends_it(client, library):
    assert 'data-begin="index"' not in client.get("/clusters").text
    library.is_stale = True
    assert 'data-begin="index"' in client.get("/clusters").text


def test_without_an_index_the_page_says_so(client, library):
    library.indexed = False
    page = client.get("/clusters")
    assert page.status_code == 200
    assert "leitmotiv build-index" in page.text


def test_without_an_index_a_job_shows_its_progress(client, library):
    library.indexed = False
    library.jobs_.append(running(30, 60, phase="Comparing looks"))
    page = client.get("/clusters").text
    assert "on their way" in page
    assert "Comparing looks" in page
    assert "30 of 60" in page


def test_a_trend_shows_all_its_pictures_by_distance_and_marks_outliers(client, library):
    group = library.clusters(None).clusters[0]
    page = client.get(f"/clusters/{group.id}?count=6").text
    shown = re.findall(r'<figure class="near">\s*<a class="tile[^>]*data-id="(\w+)"', page)
    assert shown == list(group.members)
    values = [float(value) for value in re.findall(r'<span class="number">(\d\.\d{3})</span>', page)]
    assert values == sorted(values)
    assert page.count(">outlier<") == len(group.outliers)


def test_a_trend_that_is_gone_is_not_found(client):
    answer = client.get("/clusters/99999")
    assert answer.status_code == 404
    assert "There is no trend 99999" in answer.text


@pytest.mark.parametrize("count", ["0", "21", "x", "-3", "1e3", ""])
def test_a_bad_count_is_told_with_what_is_allowed(client, count):
    answer = client.get(f"/clusters?count={count}")
    assert answer.status_code == 400
    assert "count is" in answer.text
    assert "between 1 and" in answer.text or "of at least 1" in answer.text


def test_a_library_of_one_year_has_no_line_of_years(client, library, monkeypatch):
    monkeypatch.setattr("leitmotiv.workflows.browse.days", lambda session: [("2025-06-14", 30), ("2025-01-02", 30)])
    assert 'class="spark"' not in client.get("/clusters").text
