"""What a single picture teaches, be it of the library, a part of one, handed in, or a file."""

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import network_input
from leitmotiv.records import Concept, Example, Pixels
from leitmotiv.workflows import activations, concepts, uploads
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import File, Picture, Region, Upload


def concept(session: Session, wanted: Picture | Region | Upload | File) -> Concept:
    """Its subject, and what its neighbours in the collection have of it."""
    if isinstance(wanted, Picture):
        image_id = session.library.images.get(wanted.id).id
        if not session.library.activations.missing() or image_id in session.library.activations.matrix()[0]:
            return concepts.teach(session, [Example(image_id)])
        return concepts.teach(session, [Example("", activations.of_picture(session, image_id).pooled[0])])
    if isinstance(wanted, Upload):
        pixels, box = reading.decoded(uploads.get(session, wanted.id).preview), None
    elif isinstance(wanted, File):
        pixels, box = reading.read_pixels(wanted.path, max_megapixels=session.settings.max_megapixels), None
    else:
        pixels = _whole(session, wanted.id)
        box = (wanted.box.x, wanted.box.y, wanted.box.width, wanted.box.height)
    pooled = session.backbone().features(network_input(pixels, box)[None]).pooled[0]
    return concepts.teach(session, [Example("", pooled)])


def _whole(session: Session, name: str) -> Pixels:
    image = session.library.images.get(name)
    for path in image.paths:
        try:
            return reading.read_pixels(path, max_size=2048, max_megapixels=session.settings.max_megapixels)
        except (OSError, ImageReadError):
            continue
    return reading.decoded(session.library.images.thumbnail(image.id, 512))
