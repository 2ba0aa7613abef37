import pytest

from tests.web.fake import ODD_PATH, running


def test_images_have_exactly_the_documented_form(client, library):
    form = client.get("/api/v1/images?limit=2").json
    image = library.images_[0]
    assert form == {
        "images": [
            {
                "id": one.id,
                "path": one.path,
                "paths": [one.path],
                "width": one.width,
                "height": one.height,
                "taken": one.taken.at.isoformat(),
            }
            for one in library.images_[:2]
        ],
        "next": "/api/v1/images?limit=2&cursor=2",
    }
    assert form["images"][0]["taken"] == "2025-06-14T18:32:00"
    assert image.id == form["images"][0]["id"]


def test_the_cursor_leads_through_all_images_once(client, library):
    seen, address = [], "/api/v1/images?limit=7&with=colour"
    while address:
        form = client.get(address).json
        seen += [image["id"] for image in form["images"]]
        assert all(image["colour"].startswith("#") for image in form["images"])
        address = form["next"]
    assert seen == [image.id for image in library.images_]


def test_a_path_that_is_not_utf8_is_also_given_in_base64(client, library):
    import base64

    odd = next(image for image in library.images_ if image.paths[0] == ODD_PATH)
    form = client.get(f"/api/v1/images/{odd.id}").json
    assert form["path"] == "/photos/caf\ufffd <b>.jpg"
    assert base64.b64decode(form["path_base64"]) == ODD_PATH
    assert "path_base64" not in client.get(f"/api/v1/images/{library.images_[0].id}").json
    ranking = client.get(f"/api/v1/images/{library.images_[0].id}/similar?n=59").json
    [found] = [result for result in ranking["results"] if result["id"] == odd.id]
    assert base64.b64decode(found["path_base64"]) == ODD_PATH


def test_a_ranking_has_exactly_the_documented_form(client, library):
    image = library.images_[0]
    form = client.get(f"/api/v1/images/{image.id}/similar?n=2&by=look").json
    expected = library.similar(None, image.id, n=2).results
    assert form == {
        "schema": "leitmotiv.ranking/1",
        "measure": "look",
        "unit": "nats",
        "order": "ascending",
        "query": {"image": image.id},
        "results": [
            {"id": one.id, "path": one.path, "score": one.score, "divergence": one.divergence} for one in expected
        ],
        "next": f"/api/v1/images/{image.id}/similar?n=2&offset=2",
    }


def test_n_may_be_as_large_as_the_library(client, library):
    image = library.images_[0]
    form = client.get(f"/api/v1/images/{image.id}/similar?n=60").json
    assert len(form["results"]) == 59
    assert form["next"] is None
    assert image.id not in {result["id"] for result in form["results"]}


def test_the_pages_of_a_ranking_join_to_the_whole(client, library):
    image = library.images_[3]
    seen, address = [], f"/api/v1/images/{image.id}/similar?n=25"
    while address:
        form = client.get(address).json
        seen += [result["id"] for result in form["results"]]
        address = form["next"]
    assert seen == [result.id for result in library.similar(None, image.id, n=100).results]


def test_clusters_have_exactly_the_documented_form(client, library):
    form = client.get("/api/v1/clusters?count=3").json
    assert {name: value for name, value in form.items() if name != "clusters"} == {
        "count": 3,
        "wanted": 3,
        "q": "",
        "left_out": [],
    }
    for found, group in zip(form["clusters"], library.clusters(None, 3).clusters, strict=True):
        taken = sorted(library.image(None, one).taken.at for one in group.members)
        assert found == {
            "id": group.id,
            "exemplar": group.exemplar,
            "size": group.size,
            "members": list(group.members),
            "name": library.cluster_name(None, group.id),
            "named": False,
            "coherence": round(group.coherence, 4),
            "outliers": list(group.outliers),
            "first": taken[0].isoformat(),
            "last": taken[-1].isoformat(),
            "edited": False,
            "pinned": [],
        }


def test_status_tells_images_and_jobs(client, library):
    library.jobs_.append(running())
    form = client.get("/api/v1/status").json
    assert form["images"] == 60
    assert form["library"].endswith("shoebox")
    assert form["jobs"][0]["done"] == 30
    assert form["folders"] == [{"path": "/photos"}]
    assert client.get("/api/v1/jobs").json == {"jobs": form["jobs"]}


def test_days_sum_to_the_library(client):
    assert sum(day["count"] for day in client.get("/api/v1/days").json["days"]) == 60


def test_unchanged_answers_are_not_sent_again(client):
    first = client.get("/api/v1/status")
    again = client.get("/api/v1/status", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/api/v1/images?limit=0", "limit is '0', but must be a whole number between 1 and 1000."),
        ("/api/v1/images?limit=1001", "limit is '1001'"),
        ("/api/v1/images?with=size", "with is 'size'"),
        ("/api/v1/images/{}/similar?n=0", "n is '0', but must be a whole number of at least 1."),
        ("/api/v1/images/{}/similar?n=ten", "n is 'ten'"),
        ("/api/v1/images/{}/similar?by=mood", "by is 'mood', but must be look, subject, or a number"),
        ("/api/v1/clusters?count=21", "count is 21, but must lie between 1 and 20."),
    ],
)
def test_a_bad_parameter_is_a_problem_that_names_it_and_the_range(client, library, address, named):
    answer = client.get(address.format(library.images_[0].id))
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 400
    assert answer.json["title"] == "Bad Request"
    assert named in answer.json["detail"]


def test_an_unknown_address_is_a_problem(client):
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_writing_is_refused(client):
    answer = client.post("/api/v1/images")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]
