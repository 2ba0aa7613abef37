from leitmotiv.web.about import packages


def test_the_library_and_the_licences_are_named(client):
    page = client.get("/about").text
    assert "123" in page
    assert "/photos" in page.replace("<wbr>", "")
    assert "BSD-3-Clause" in page


def test_every_package_that_is_required_is_named_with_version_and_licence():
    found = {package.name.lower().replace("_", "-"): package for package in packages()}
    for name in ("flask", "numpy", "scikit-learn", "waitress"):
        assert found[name].version
        assert found[name].licence
    assert "pytest" not in found
