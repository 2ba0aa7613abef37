"""Texts about pictures in the files that people keep them in."""

import json

import pytest

from leitmotiv.errors import UsageError
from leitmotiv.formats import captions, xmp

COCO = {
    "images": [{"id": 7, "file_name": "a.jpg"}, {"id": 8, "file_name": "b.jpg"}],
    "annotations": [
        {"image_id": 7, "caption": "a cat"},
        {"image_id": 7, "caption": "the cat again"},
        {"image_id": 8, "caption": " "},
        {"image_id": 9, "caption": "of nobody"},
    ],
}
FILES = {
    "map.json": ({"a.jpg": "a cat", "b.jpg": ["two", "texts"], "c.jpg": ""}, {"a.jpg": 1, "b.jpg": 2}),
    "fields.json": ({"a.jpg": {"caption": "a cat", "tags": ["cat", "sofa"], "width": 3}}, {"a.jpg": 2}),
    "list.json": ([{"file_name": "a.jpg", "caption": "a cat"}, {"file_name": "b.jpg", "title": "B"}], None),
    "inside.json": ({"images": [{"filename": "a.jpg", "sentences": [{"raw": "x y"}, {"raw": "z"}]}]}, {"a.jpg": 2}),
    "coco.json": (COCO, {"a.jpg": 2, "9": 1}),
    "table.csv": ("file;caption;width\na.jpg;a cat;3\nb.jpg;;4\n", {"a.jpg": 1}),
    "two.tsv": ("picture number one\tsaid of it\na.jpg\ta cat\n", {"a.jpg": 1}),
    "lines.jsonl": ('{"image": "a.jpg", "text": "a cat"}\n{"image": "a.jpg", "text": "more"}', {"a.jpg": 2}),
}


@pytest.mark.parametrize("name", FILES)
def test_tables_maps_and_coco_are_read(tmp_path, name):
    content, wanted = FILES[name]
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    found = captions.read(path).texts
    assert {key: len(texts) for key, texts in found.items()} == (wanted or {"a.jpg": 1, "b.jpg": 1})
    if name == "fields.json":
        assert list(found["a.jpg"]) == [("caption", "a cat"), ("keywords", "cat; sofa")]


def test_columns_may_be_named_and_wrong_ones_are_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("Datei,Worte,Mehr\na.jpg,Größe,b\n".encode("cp1252"))
    told = captions.read(path, key="Datei", columns=["Worte", "Mehr"])
    assert told.encoding == "windows-1252"
    assert [text for _, text in told.texts["a.jpg"]] == ["Größe", "b"]
    with pytest.raises(UsageError, match="which column holds which picture"):
        captions.read(path)
    with pytest.raises(UsageError, match=r"no column 'nix'. Its columns are: Datei, Worte, Mehr"):
        captions.read(path, key="nix")
    path.write_text("file,caption\na.jpg,\n")
    with pytest.raises(UsageError, match="has no captions"):
        captions.read(path)


@pytest.mark.parametrize("name", ["deep.json", "deep.jsonl", "list.json"])
def test_texts_that_lie_too_deep_are_told(tmp_path, name):
    text = '{"file": "a.jpg", "caption": ' + "[" * 900 + '"x"' + "]" * 900 + "}"
    path = tmp_path / name
    path.write_text(f"[{text}]" if name == "list.json" else text)
    with pytest.raises(UsageError, match="is no table"):
        captions.read(path)


@pytest.mark.parametrize("name", ["half.json", "half.jsonl"])
def test_halves_of_characters_in_json_are_replaced(tmp_path, name):
    path = tmp_path / name
    told = '{"file": "\\ud800.jpg", "caption": "a \\udc00 cat\\u0000"}'
    path.write_text(told if name == "half.jsonl" else '{"\\ud800.jpg": "a \\udc00 cat\\u0000"}')
    (called,) = captions.read(path).texts
    ((kind, text),) = captions.read(path).texts[called]
    assert (called, kind, text.strip()) == ("\ufffd.jpg", "caption", "a \ufffd cat")


def test_a_text_beside_a_picture_is_read_without_its_translations():
    assert captions.of_text("\ufeffA crow.\nach.utf8=Atoro.\npt_BR.utf8=Um corvo.\n".encode()) == "A crow."
    assert captions.of_text("two\r\nlines".encode("utf-16")) == "two lines"
    assert captions.of_text("Größe".encode("cp1252")) == "Größe"
    for data in (b"\x89PNG\0\0", b"x" * (captions.LARGEST + 1)):
        with pytest.raises(UsageError):
            captions.of_text(data)


def test_a_json_file_beside_a_picture_is_read():
    assert captions.of_json(b'{"Title": "Dusk", "labels": [{"name": "sea"}, "sky"]}') == [
        ("title", "Dusk"),
        ("keywords", "sea; sky"),
    ]
    assert captions.of_json(b'{"text": "half \\ud83d of it\\u0000, whole \\ud83d\\ude42"}') == [
        ("caption", "half \ufffd of it , whole 🙂")
    ]
    for data in (b"{", b"[" * 100_000, b"[" * 900 + b'"x"' + b"]" * 900, b'{"width": 3}', b"7"):
        with pytest.raises(UsageError):
            captions.of_json(data)


def test_xmp_tells_titles_descriptions_and_keywords_in_every_language():
    lists = {
        "title": '<rdf:Alt><rdf:li xml:lang="x-default">Dusk</rdf:li></rdf:Alt>',
        "description": "<rdf:Alt><rdf:li>A sea</rdf:li><rdf:li>Eine See</rdf:li></rdf:Alt>",
        "subject": "<rdf:Bag><rdf:li>sea</rdf:li><rdf:li>sky</rdf:li></rdf:Bag>",
    }
    inner = "".join(f"<dc:{name}>{text}</dc:{name}>" for name, text in lists.items())
    packet = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{xmp.RDF}"><rdf:Description xmlns:dc="{xmp.DC}" '
        f'xmlns:p="{xmp.PHOTOSHOP}" p:Headline="An evening">{inner}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    assert xmp.texts(packet.encode()) == (
        *(("title", "Dusk"), ("caption", "A sea"), ("caption", "Eine See")),
        *(("title", "An evening"), ("keywords", "sea; sky")),
    )
