"""Sidecars: what others wrote is read and kept, what is written is read again by us and by XML readers."""

from xml.etree.ElementTree import canonicalize

import hypothesis.strategies as st
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given

from leitmotiv.formats import xmp
from leitmotiv.formats.xmp import SidecarError, read, written
from leitmotiv.records import LABELS, Rating

DARKTABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:darktable="http://darktable.sf.net/"
   xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="3" darktable:history_end="2">
   <dc:subject><rdf:Seq>
    <rdf:li>dusk</rdf:li><rdf:li>sea &amp; sky</rdf:li><rdf:li>dusk</rdf:li></rdf:Seq></dc:subject>
   <darktable:history><rdf:Seq>
    <rdf:li darktable:operation="exposure" darktable:params="00ff"/></rdf:Seq></darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""
ADOBE = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xap="http://ns.adobe.com/xap/1.0/"><xap:Rating>-1</xap:Rating><xap:Label>Purple</xap:Label>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""

ratings = st.builds(Rating, st.integers(0, 5), st.booleans(), st.booleans(), st.sampled_from(["", *LABELS]))
words = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).map(str.strip).filter(bool), max_size=4
)


def test_what_darktable_wrote_is_read():
    assert read(DARKTABLE) == xmp.Said(Rating(stars=3), True, ("dusk", "sea & sky"), starred=True)


def test_elements_are_read_as_attributes_are():
    assert read(ADOBE) == xmp.Said(Rating(rejected=True, label="purple"), True, (), starred=True, labelled=True)


@given(ratings, words)
def test_what_is_written_is_read_again(rating, keywords):
    said = read(written(None, rating, keywords))
    expected = Rating(0 if rating.rejected else rating.stars, rating.favourite, rating.rejected, rating.label)
    assert said.rating == expected
    assert set(said.keywords) == {xmp._storable(word).strip() for word in keywords} - {""}


def test_what_others_wrote_stays():
    after = written(DARKTABLE, Rating(stars=5, label="red"), ["dusk", "new"], ["leitmotiv|new"])
    assert read(after) == xmp.Said(
        Rating(stars=5, label="red"), True, ("dusk", "sea & sky", "new"), starred=True, labelled=True
    )
    assert b'darktable:params="00ff"' in after
    assert b'darktable:history_end="2"' in after
    assert (
        b"<lr:hierarchicalSubject><rdf:Bag><rdf:li>leitmotiv|new</rdf:li></rdf:Bag></lr:hierarchicalSubject>" in after
    )


def test_a_document_keeps_its_own_prefixes():
    after = written(ADOBE, Rating(stars=2, label="purple"))
    assert b'xap:Rating="2"' in after
    assert b"<xap:Rating>" not in after
    assert read(after).rating == Rating(stars=2, label="purple")


def test_writing_twice_changes_nothing_more():
    once = written(DARKTABLE, Rating(stars=4, favourite=True), ["a"])
    twice = written(once, Rating(stars=4, favourite=True), ["a"])
    assert canonicalize(twice.decode()) == canonicalize(once.decode())


def test_a_rating_that_was_taken_back_is_none():
    assert read(written(DARKTABLE, Rating())).rating == Rating()
    assert not read(written(written(None, Rating(label="red", favourite=True)), Rating())).rated


def test_labels_of_other_programs_stay():
    strange = ADOBE.replace(b"Purple", b"To print")
    after = written(strange, Rating(stars=1))
    assert b"To print" in after
    assert read(after).rating == Rating(stars=1)


def test_a_prefix_that_means_something_else_is_not_used():
    odd = ADOBE.replace(b"xmlns:xap", b'xmlns:leitmotiv="urn:other" xmlns:xap')
    after = written(odd, Rating(favourite=True))
    assert read(after).rating.favourite
    assert fromstring(after.split(b"?>", 1)[1].rsplit(b"<?", 1)[0].strip()) is not None


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "no XML"),
        (b"not xml", "no XML"),
        (b"<a/>", "not XMP"),
        (DARKTABLE[:300], "no XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "no XML"),
        (b" " * (xmp.LARGEST + 1), "larger"),
    ],
)
def test_what_is_no_sidecar_is_refused_and_not_replaced(data, match):
    with pytest.raises(SidecarError, match=match):
        read(data)
    if data:
        with pytest.raises(SidecarError, match=match):
            written(data, Rating(stars=1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_documents_of_any_unicode_are_read_and_written_again(encoding):
    told = (
        '<?xpacket begin="x" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li>Zürich 夕</rdf:li></rdf:Alt>'
        "</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>" + 40 * " " + '<?xpacket end="w"?>'
    )
    for text in (told, f'<?xml version="1.0" encoding="{encoding[:6]}"?>{told}' if "6" in encoding else told):
        data = text.encode(encoding)
        for padded in (
            data,
            data + "\0\n".encode(encoding.removesuffix("-sig") if encoding != "utf-16" else "utf-16-le"),
        ):
            assert xmp.texts(padded) == (("caption", "Zürich 夕"),)
            again = xmp.written(padded, Rating(stars=3))
            assert xmp.texts(again) == (("caption", "Zürich 夕"),)
            assert xmp.read(again).rating.stars == 3
