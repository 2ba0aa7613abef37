"""`/selections`: what was kept under a name, each with its first pictures."""

from flask import Blueprint, render_template

from leitmotiv.web.context import the_session
from leitmotiv.web.own import selection_form
from leitmotiv.workflows import grid

pages = Blueprint("selections", __name__)


@pages.get("/selections")
def index() -> str:
    """Every selection, by name."""
    kept = grid.kept(the_session())
    images = {image.id: image for one in kept for image in one.images}
    cards = [(one, str(selection_form(one.selection)["filter"])) for one in kept]
    return render_template("selections.html", cards=cards, images=list(images.values()))
