"""XMP sidecars: what one says of a picture, and the same document with other ratings in it; all else in it stays.

Written for Adobe's XMP specification, part 1 (2012), sections 6 and 7, and for the habits of its readers: properties
may be attributes of ``rdf:Description`` or elements inside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException
from defusedxml.minidom import parseString

from leitmotiv.errors import LeitmotivError
from leitmotiv.records import LABELS, CaptionKind, Rating

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "http://ns.adobe.com/xap/1.0/"
DC = "http://purl.org/dc/elements/1.1/"
LR = "http://ns.adobe.com/lightroom/1.0/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
META = "adobe:ns:meta/"
OURS = "urn:leitmotiv:ns:1.0#"
"""Where a favourite is kept: XMP has no word for it."""
PREFIXES = {RDF: "rdf", XMP: "xmp", DC: "dc", LR: "lr", OURS: "leitmotiv"}
LARGEST = 2_000_000
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""How documents in UTF-16 begin: by their mark, or without one."""
"""Bytes of the largest sidecar that is read: those of raw developers hold long histories."""
_EMPTY = (
    f'<x:xmpmeta xmlns:x="{META}" x:xmptk="leitmotiv"><rdf:RDF xmlns:rdf="{RDF}">'
    f'<rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>'
)


class SidecarError(LeitmotivError):
    """A sidecar that cannot be read; it is left as it is."""

    exit_code = 3


@dataclass(frozen=True)
class Said:
    """What a sidecar says of a picture.

    Attributes
    ----------
    rating : Rating
        ``xmp:Rating`` 1 to 5, -1 for a rejected one; ``xmp:Label`` where it is one of ours.
    rated : bool
        Whether it says anything of that at all.
    starred, labelled : bool
        Whether it has a rating, and a label of ours.
    keywords : tuple of str
        ``dc:subject``, in its order.
    """

    rating: Rating
    rated: bool
    keywords: tuple[str, ...]
    starred: bool = False
    labelled: bool = False


def read(data: bytes) -> Said:
    """Read a sidecar.

    Raises
    ------
    SidecarError
        It is not XML, too large, or not XMP.
    """
    described = _descriptions(_parsed(data))
    stars = _property(described, XMP, "Rating")
    label = _property(described, XMP, "Label")
    favourite = _property(described, OURS, "Favourite")
    number = _whole(stars)
    rating = Rating(
        stars=min(5, max(0, number or 0)),
        favourite=favourite.casefold() in ("true", "1"),
        rejected=number is not None and number < 0,
        label=label.casefold() if label.casefold() in LABELS else "",
    )
    told = number is not None or bool(rating.label) or bool(favourite)
    keywords = tuple(dict.fromkeys(_bag(described, DC, "subject")))
    return Said(rating, told, keywords, number is not None, bool(rating.label))


def texts(data: bytes) -> tuple[tuple[CaptionKind, str], ...]:
    """What a document says of a picture in words: its title, its description, its keywords with "; " between them.

    Each language of a text is one of its own.

    Raises
    ------
    SidecarError
        It is not XML, too large, or not XMP.
    """
    described = list(_descriptions(_parsed(data)))
    found: list[tuple[CaptionKind, str]] = [("title", text) for text in _bag(described, DC, "title")]
    found += [("caption", text) for text in _bag(described, DC, "description")]
    found += [("title", text) for text in (_property(described, PHOTOSHOP, "Headline"),) if text]
    if keywords := dict.fromkeys(_bag(described, DC, "subject")):
        found.append(("keywords", "; ".join(keywords)))
    return tuple(dict.fromkeys(found))


def written(
    data: bytes | None, rating: Rating, keywords: Sequence[str] = (), hierarchical: Sequence[str] = ()
) -> bytes:
    """A sidecar that says this, and else what it said before.

    Parameters
    ----------
    data : bytes or None
        The sidecar that is there already.
    keywords, hierarchical : sequence of str
        Added to ``dc:subject`` and ``lr:hierarchicalSubject`` ("parent|child"), where they are not there yet.

    Raises
    ------
    SidecarError
        The one that is there cannot be read; it must not be replaced.
    """
    document = _parsed(data) if data else parseString(_EMPTY.encode(), forbid_dtd=True)
    described = list(_descriptions(document))
    if not described:
        described = [_described_anew(document)]
    stars = -1 if rating.rejected else rating.stars
    _set(described, XMP, "Rating", str(stars) if stars or _property(described, XMP, "Rating") else "")
    foreign = _property(described, XMP, "Label")
    if rating.label or foreign.casefold() in LABELS:  # another program's own label is not ours to take away
        _set(described, XMP, "Label", rating.label.capitalize())
    _set(described, OURS, "Favourite", "True" if rating.favourite else "")
    _add_to_bag(described, DC, "subject", keywords)
    _add_to_bag(described, LR, "hierarchicalSubject", hierarchical)
    root = document.documentElement
    assert root is not None
    try:
        body = root.toxml()
    except RecursionError as error:
        raise SidecarError("its elements lie too deep in each other") from error
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{body}\n<?xpacket end="w"?>\n'.encode()


def _parsed(data: bytes) -> minidom.Document:
    if len(data) > LARGEST:
        raise SidecarError(f"it is larger than any sidecar ({len(data):,} bytes)")
    try:
        document: minidom.Document = parseString(_stripped(data), forbid_dtd=True)
    except (ExpatError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise SidecarError(f"it is no XML that can be read ({error})") from error
    if not document.getElementsByTagNameNS(RDF, "RDF"):
        raise SidecarError("it is XML, but not XMP (no rdf:RDF)")
    return document


def _stripped(data: bytes) -> bytes | str:
    """A document without what may stand around it; in UTF-16, which has zeros in each letter of English, as text."""
    wide = next((name for start, name in _WIDE.items() if data.startswith(start)), None)
    if wide is not None:
        return data.decode(wide, "replace").strip("\0 \r\n\t")
    return data.strip(b"\0 \r\n\t")


def _descriptions(document: minidom.Document) -> list[Any]:
    return [
        node
        for rdf in document.getElementsByTagNameNS(RDF, "RDF")[:1]
        for node in rdf.childNodes
        if node.nodeType == node.ELEMENT_NODE and (node.namespaceURI, node.localName) == (RDF, "Description")
    ]


def _described_anew(document: minidom.Document) -> Any:
    (rdf, *_) = document.getElementsByTagNameNS(RDF, "RDF")
    prefix = f"{rdf.prefix}:" if rdf.prefix else ""
    node = document.createElementNS(RDF, f"{prefix}Description")
    node.setAttributeNS(RDF, f"{prefix}about", "")
    rdf.appendChild(node)
    return node


def _elements(described: Sequence[Any], space: str, name: str) -> Iterator[Any]:
    for node in described:
        for child in node.childNodes:
            if child.nodeType == child.ELEMENT_NODE and (child.namespaceURI, child.localName) == (space, name):
                yield child


def _property(described: Sequence[Any], space: str, name: str) -> str:
    for node in described:
        if node.hasAttributeNS(space, name):
            return str(node.getAttributeNS(space, name)).strip()
    return next((_text(child) for child in _elements(described, space, name)), "")


def _text(node: Any) -> str:
    return "".join(child.data for child in node.childNodes if child.nodeType in (3, 4)).strip()


def _whole(text: str) -> int | None:
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return None


def _items(described: Sequence[Any], space: str, name: str) -> Iterator[Any]:
    for element in _elements(described, space, name):
        yield from element.getElementsByTagNameNS(RDF, "li")


def _bag(described: Sequence[Any], space: str, name: str) -> list[str]:
    return [text for item in _items(described, space, name) if (text := _text(item))]


def _set(described: Sequence[Any], space: str, name: str, value: str) -> None:
    """Give a property a value wherever it stands; an empty one takes it away."""
    if _property(described, space, name) == value:
        return
    for element in list(_elements(described, space, name)):
        element.parentNode.removeChild(element)
    for node in described:
        if node.hasAttributeNS(space, name):
            node.removeAttributeNS(space, name)
    if value:
        described[0].setAttributeNS(space, f"{_prefix(described[0], space)}:{name}", value)


def _prefix(node: Any, space: str) -> str:
    """The prefix that a namespace has at a node; it is declared there where it has none yet."""
    at = node
    taken = set()
    while at is not None and at.nodeType == at.ELEMENT_NODE:
        for number in range(at.attributes.length):
            attribute = at.attributes.item(number)
            if attribute.prefix == "xmlns":
                if attribute.value == space and attribute.localName not in taken:
                    return str(attribute.localName)
                taken.add(attribute.localName)
        at = at.parentNode
    wanted = PREFIXES[space]
    name = next(one for one in (wanted, *(f"{wanted}{n}" for n in range(1, 100))) if one not in taken)
    node.setAttributeNS("http://www.w3.org/2000/xmlns/", f"xmlns:{name}", space)
    return name


def _add_to_bag(described: Sequence[Any], space: str, name: str, values: Sequence[str]) -> None:
    there = set(_bag(described, space, name))
    new = [value for value in dict.fromkeys(values) if value and value not in there]
    if not new:
        return
    node, document = described[0], described[0].ownerDocument
    rdf = _prefix(node, RDF)
    element = next(_elements(described, space, name), None)
    if element is None:
        element = document.createElementNS(space, f"{_prefix(node, space)}:{name}")
        node.appendChild(element)
    lists = [child for child in element.childNodes if child.nodeType == child.ELEMENT_NODE]
    if not lists:
        lists = [document.createElementNS(RDF, f"{rdf}:Bag")]
        element.appendChild(lists[0])
    for value in new:
        item = document.createElementNS(RDF, f"{rdf}:li")
        item.appendChild(document.createTextNode(_storable(value)))
        lists[0].appendChild(item)


def _storable(text: str) -> str:
    """Text that XML can hold."""
    return "".join(
        c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
