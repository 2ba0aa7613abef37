from dataclasses import replace

import pytest

from leitmotiv.errors import FolderNotAllowedError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import folders
from leitmotiv.workflows.session import Session


@pytest.fixture
def session(tmp_path):
    (tmp_path / "allowed" / "inside").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "allowed" / "link").symlink_to(tmp_path / "elsewhere")
    settings = replace(Settings(), library=tmp_path / "library", allowed_folders=(tmp_path / "allowed",))
    with Session(settings) as opened:
        opened.library.folders.add(str(tmp_path / "known").encode())
        yield opened


def test_folders_inside_what_was_allowed_may_be_named(session, tmp_path):
    assert folders.allowed(session, str(tmp_path / "allowed" / "inside")) == tmp_path / "allowed" / "inside"
    assert folders.allowed(session, str(tmp_path / "allowed"), to_write=True) == tmp_path / "allowed"
    assert folders.allowed(session, str(tmp_path / "known" / "2024")) == tmp_path / "known" / "2024"
    exports = tmp_path / "library" / "exports"
    assert folders.allowed(session, str(exports), to_write=True) == exports


@pytest.mark.parametrize("place", ["elsewhere", "allowed/../elsewhere", "allowed/link", "allowedly", "", "library"])
def test_no_way_leads_out_of_them(session, tmp_path, place):
    with pytest.raises(FolderNotAllowedError, match="--allow-folder"):
        folders.allowed(session, f"{tmp_path}/{place}")


def test_what_was_read_is_not_written(session, tmp_path):
    with pytest.raises(FolderNotAllowedError):
        folders.allowed(session, str(tmp_path / "known"), to_write=True)


@pytest.mark.parametrize("text", ["", "photos", "../photos", "/photos\0/x"])
def test_what_is_no_absolute_path_is_refused_as_such(session, text):
    with pytest.raises(UsageError, match="absolute"):
        folders.allowed(session, text)
