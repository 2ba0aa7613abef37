"""The shapes of what the interface of mood boards takes and answers."""

from leitmotiv.web import schema, shapes
from leitmotiv.web.schema import Schema

MOST = 2000
"""Pictures of one request."""
WEIGHT = schema.number(0, 10, "How much a picture counts; 1 is usual, 0 leaves it aside.")
REVISION = schema.whole(0, 2**53, "`revision` of the board as it was seen last; with another one now nothing is done.")
SIDE = schema.text("`positive` (it is) or `negative` (it is not).", choices=("positive", "negative"))
NAME = schema.text("What it is called.", most=120)
WORDS = schema.text("What is written about it.", most=2000)
_ID = schema.text("Id of a picture, or a unique beginning of it.", least=1, most=64)
PICTURE = schema.either(_ID, schema.record({"id": _ID, "weight": WEIGHT}, optional=("weight",)))
PICTURES = schema.listed(PICTURE, f"Ids, or ids with weights, of 1 to {MOST:,} pictures.", least=1, most=MOST)
SOME = schema.listed(PICTURE, f"Ids, or ids with weights, of at most {MOST:,} pictures.", most=MOST)
METHOD = schema.text("How it learns: `ridge`, or `sgd` as cavlib does.", choices=("ridge", "sgd"))
SNAPSHOT_OF = schema.whole(1, 2**53, "A snapshot of the board; the current one if not given.")

MADE = schema.record(
    {"name": NAME, "words": WORDS, "positive": SOME, "negative": SOME},
    "All of it may be left out.",
)
CHANGED = schema.record(
    {"name": NAME, "words": WORDS, "revision": REVISION},
    "What is not given stays.",
    optional=("name", "words", "revision"),
)
SEEN = schema.record({"revision": REVISION})
PUT = schema.record(
    {"ids": PICTURES, "side": SIDE, "weight": WEIGHT, "revision": REVISION}, optional=("side", "weight", "revision")
)
TAKEN = schema.record({"ids": PICTURES, "revision": REVISION}, optional=("revision",))
DRAWN = schema.record(
    {
        "count": schema.whole(
            0, MOST, "How many drawn pictures the board shall have; their number stays if not given."
        ),
        "replace": schema.listed(_ID, "Drawn pictures that make way for others.", most=MOST),
        "revision": REVISION,
    }
)
HANDED_IN = schema.record(
    {
        "picture": {"type": "string", "contentMediaType": "application/octet-stream"},
        "side": SIDE,
        "revision": schema.text(),
    },
    optional=("side", "revision"),
)
TAUGHT = schema.record({"method": METHOD, "name": NAME, "revision": REVISION})
NAMED = schema.record({"name": NAME})
MIXED = schema.listed(
    schema.record(
        {
            "board": schema.whole(1, 2**53),
            "snapshot": SNAPSHOT_OF,
            "op": schema.text("How it joins those before it.", choices=("and", "or", "minus")),
            "weight": WEIGHT,
        },
        optional=("snapshot", "op", "weight"),
    ),
    least=1,
    most=12,
)
LOOSE = schema.record(
    {
        "positive": PICTURES,
        "negative": SOME,
        "terms": MIXED,
        "method": METHOD,
        "q": shapes.SELECTED["q"],
        "n": schema.whole(1, 10_000_000, default=50),
        "sort": schema.text("`-score`, `score`, or an order of pictures."),
        "own": schema.truth("Whether the pictures that were given are ranked too."),
    },
    "Which pictures it is and which it is not, or which boards join.",
)
_EXAMPLE = {
    "id": schema.text(),
    "weight": WEIGHT,
    "drawn": schema.truth("Whether the program drew it."),
    "uploaded": schema.truth("Whether it was handed in to the board, and is not in the library."),
    "state": schema.text(choices=("library", "handed in", "remembered", "gone")),
    "src": schema.maybe(schema.text("Address of a small picture; null where there is none to see.")),
}
EXAMPLES = schema.listed(schema.answer(_EXAMPLE))
SNAPSHOT = schema.named(
    "Snapshot",
    schema.answer(
        {
            "id": schema.whole(1),
            "board": schema.whole(1),
            "name": schema.text(),
            "made": schema.moment(),
            "layer": schema.text("What of the network it looks at."),
            "method": schema.text(),
            "quality": schema.maybe(
                schema.number(0, 1, "How well it finds pictures of the board that it was not taught.")
            ),
            "positives": schema.whole(0),
            "negatives": schema.whole(0),
            "heroes": schema.listed(schema.text(), "Addresses of a few of its pictures."),
        },
        "What a board had learnt at one moment.",
    ),
)
WHOLE_SNAPSHOT = schema.answer(
    {
        "id": schema.whole(1),
        "positive": EXAMPLES,
        "negative": EXAMPLES,
        "contradictions": schema.listed(schema.answer({"id": schema.text(), "strength": schema.number(0, 1)})),
    },
    "A snapshot with the pictures that it was taught; the other fields are those of a snapshot.",
)
CROP_SIDES = ("x", "y", "width", "height", "score", "aspect")
_CROP = {name: schema.number(0, 1, "In shares of the picture's sides.") for name in CROP_SIDES[:4]} | {
    "score": schema.number(about="0 is the middle of the collection, 1 the board."),
    "aspect": schema.text("Its proportions, in words."),
}
CROPS = schema.answer(
    {
        "crops": schema.listed(
            schema.answer(
                _CROP
                | {
                    "preview": schema.text("Address of a small JPEG."),
                    "download": schema.text("Address of the crop in all pixels of the original."),
                }
            )
        ),
        "whole": schema.number(about="What the whole picture scores by itself, on the scale of its crops."),
    }
)
GLIMPSE = schema.answer(
    {
        "score": schema.number(about="0 is the middle of the collection, 1 the board."),
        "percentile": schema.maybe(schema.number(0, 100, "As of pictures of the library that score the same.")),
        "probability": schema.maybe(schema.number(0, 1, "Likewise; only roughly calibrated.")),
        "crop": schema.maybe(schema.answer(_CROP)),
    }
)
DIFFERENCE = schema.answer(
    {
        "added": schema.listed(schema.text(), "Pictures of the second that are not in the first, on the same side."),
        "removed": schema.listed(schema.text(), "The other way round."),
        "weighed": schema.listed(schema.text(), "Pictures with another weight."),
        "cosine": schema.maybe(schema.number(-1, 1, "Of what was learnt; 1 is the same.")),
    }
)
_BOARD: dict[str, Schema] = {
    "id": schema.whole(1),
    "name": schema.text(),
    "words": schema.text(),
    "revision": schema.whole(0, about="Of the board as it is here; changes may give it."),
    "made": schema.moment(),
    "changed": schema.moment(),
    "trashed": schema.maybe(schema.moment("When it was thrown away; null for one in use.")),
    "seed": schema.whole(),
    "positive": EXAMPLES,
    "negative": EXAMPLES,
    "snapshots": schema.listed(SNAPSHOT, "Newest first."),
    "current": schema.maybe(schema.whole(1, about="The snapshot that it goes by.")),
    "stale": schema.truth("Whether its pictures are others than those that snapshot was taught."),
    "contradictions": schema.listed(
        schema.answer({"id": schema.text(), "strength": schema.number(0, 1)}),
        "Pictures that the others of the board speak against.",
    ),
    "heroes": schema.listed(schema.text(), "Addresses of a few of its pictures."),
}
BOARD = schema.named(
    "Board",
    schema.answer(_BOARD, "Pictures that show something, pictures that do not, and what was learnt from them."),
)
_LEFT_OUT = schema.listed(schema.text(), "Pictures that taught nothing: gone, or not yet seen by the network.")
TRAINED = schema.answer({**_BOARD, "left_out": _LEFT_OUT})
BOARDS = schema.answer({"boards": schema.listed(BOARD)})
BOARD_AND_PICTURE = schema.answer({"board": BOARD, "id": schema.text("Of the picture.")})


def form_of(**fields: Schema) -> Schema:
    """A body none of whose fields must be there."""
    return schema.record(fields)
