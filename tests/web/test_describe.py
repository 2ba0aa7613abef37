"""The description of the interface: complete, well-formed, and true of the answers."""

import pytest

from leitmotiv.web.describe import PREFIX, description_of, document, template


def test_every_route_of_the_interface_is_described(client):
    app = client.application
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX)]
    assert len(rules) > 10
    paths = document(app)["paths"]
    assert [rule.rule for rule in rules if template(rule) not in paths] == []
    # a route that says nothing of itself is shown bare; there are few of them
    assert sum(description_of(app, rule) is None for rule in rules) < len(rules) / 5


def test_the_description_is_served_as_openapi_3_1(client):
    form = client.get("/api/v1/openapi.json").json
    assert form["openapi"] == "3.1.0"
    assert form == document(client.application)
    rate = form["paths"]["/api/v1/ratings"]["patch"]
    assert rate["summary"] == "Rate pictures; what is not given stays."
    assert rate["requestBody"]["content"]["application/json"]["schema"]["required"] == ["ids"]
    assert {"200", "400", "403", "404", "415", "503", "507"} <= set(rate["responses"])
    [image_id, n, *_] = form["paths"]["/api/v1/images/{image_id}/similar"]["get"]["parameters"]
    assert (image_id["in"], image_id["required"]) == ("path", True)
    assert n["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000_000, "default": 50}


def test_every_reference_leads_to_a_shape(client):
    form = client.get("/api/v1/openapi.json").json
    found = []

    def walk(value):
        if isinstance(value, dict):
            if "$ref" in value:
                found.append(value["$ref"].rpartition("/")[2])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(form)
    assert {"Image", "Job", "Ranking", "Problem"} <= set(found) <= set(form["components"]["schemas"])


def test_operations_have_names_of_their_own_and_a_sentence(client):
    paths = client.get("/api/v1/openapi.json").json["paths"]
    operations = [one for path in paths.values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    assert [one["operationId"] for one in operations if not one["summary"].endswith(".")] == []


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/images?limit=x"])
def test_refusals_have_the_described_form(client, address):
    form = client.get(address).json
    assert set(form) == {"type", "title", "status", "detail", "instance"}


def test_the_page_shows_every_operation_with_its_fields(client):
    page = client.get("/docs").text
    paths = client.get("/api/v1/openapi.json").json["paths"]
    for methods in paths.values():
        for one in methods.values():
            assert f'id="{one["operationId"]}"' in page
    assert 'href="#shape-Job"' in page
    assert 'id="shape-Job"' in page
