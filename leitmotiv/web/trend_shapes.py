"""The shapes of what the pages of trends take and answer, for the description of the interface."""

from leitmotiv.web import schema
from leitmotiv.web.own import IDS
from leitmotiv.web.schema import Schema

OF = schema.text("A line of filters; empty for all pictures.")
COUNT = schema.whole(1, 1_000_000, "How many groups the tree is cut into; as many as the index suggests if not given.")
_ID = schema.text("Id of a picture.")
_NUMBER = schema.whole(0, 1_000_000_000, "Number of a trend.")
_NATS = schema.number(0, about="Divergence, nats.")

TREND = schema.named(
    "Trend",
    schema.answer(
        {
            "id": _NUMBER,
            "exemplar": _ID,
            "size": schema.whole(1),
            "members": schema.listed(_ID, "From the exemplar outwards."),
            "name": schema.text("What it is called; empty for a picture that stands alone."),
            "named": schema.truth("Whether a person gave the name."),
            "coherence": schema.number(0, 1, "1 is the same look."),
            "outliers": schema.listed(_ID),
            "first": schema.maybe(schema.moment("When the first of its pictures was taken.")),
            "last": schema.maybe(schema.moment("When the last of its pictures was taken.")),
            "edited": schema.truth("Whether a person put other pictures together than the tree does."),
            "pinned": schema.listed(_ID),
            "distances": schema.listed(_NATS, "Of each member to the exemplar."),
        },
        "Pictures that share a look.",
        optional=("distances",),
    ),
)
TRENDS = schema.answer(
    {
        "clusters": schema.listed(TREND),
        "count": schema.whole(0, about="Groups after what was changed by hand."),
        "wanted": schema.whole(0, about="Groups that the tree was cut into."),
        "q": schema.text(),
        "left_out": schema.listed(_ID, "Pictures that a person put into no trend."),
    }
)
CHANGED = schema.answer({"clusters": schema.listed(TREND)})
NAMED = schema.answer({"id": _NUMBER, "name": schema.text()})
EDITS = schema.answer(
    {
        "edits": schema.listed(
            schema.answer(
                {
                    "id": schema.whole(1),
                    "kind": schema.text(choices=("name", "join", "part", "own", "pin", "ban", "leave")),
                    "name": schema.text(),
                    "text": schema.text("What was said, in words."),
                    "at": schema.moment(),
                    "orphaned": schema.truth("Whether its trend is gone."),
                    "pictures": schema.listed(_ID),
                }
            )
        )
    }
)
OUTLIERS = schema.answer(
    {
        "outliers": schema.listed(schema.answer({"id": _ID, "value": _NATS})),
        "usual": _NATS,
        "fence": schema.maybe(schema.number(0, about="From where on a picture belongs nowhere, nats.")),
        "size": schema.whole(0),
    }
)
_MOVEMENT = schema.answer(
    {
        "verdict": schema.text(choices=("rising", "fading", "steady", "unclear", "few")),
        "change": schema.number(about="Of its share, from the first period to the last."),
        "low": schema.number(),
        "high": schema.number(),
        "p": schema.number(0, 1),
    }
)
TIMELINE = schema.answer(
    {
        "by": schema.text(choices=("month", "year")),
        "periods": schema.listed(schema.text()),
        "totals": schema.listed(schema.whole(0)),
        "others": schema.listed(schema.whole(0), "Pictures of each period in none of the trends."),
        "pictures": schema.whole(0),
        "left_out": schema.whole(0),
        "trends": schema.listed(
            schema.answer(
                {
                    "id": _NUMBER,
                    "name": schema.text(),
                    "exemplar": _ID,
                    "colour": schema.text(pattern="^#[0-9a-f]{6}$"),
                    "counts": schema.listed(schema.whole(0)),
                    "movement": _MOVEMENT,
                }
            )
        ),
    }
)
_SIDE = schema.answer({"query": schema.text(), "size": schema.whole(0), "left_out": schema.whole(0)})
_SHARE = schema.answer(
    {
        "count": schema.whole(0),
        "share": schema.number(0, 1),
        "low": schema.number(0, 1),
        "high": schema.number(0, 1),
    }
)
COMPARISON = schema.answer(
    {
        "a": _SIDE,
        "b": _SIDE,
        "in_both": schema.whole(0),
        "trends": schema.listed(
            schema.answer(
                {
                    "id": _NUMBER,
                    "name": schema.text(),
                    "exemplar": _ID,
                    "where": schema.text(choices=("both", "more in a", "more in b", "only in a", "only in b")),
                    "a": _SHARE,
                    "b": _SHARE,
                    "difference": schema.answer({"low": schema.number(-1, 1), "high": schema.number(-1, 1)}),
                }
            )
        ),
    }
)
CHAIN = schema.answer(
    {
        "ids": schema.listed(_ID),
        "steps": schema.listed(_NATS),
        "direct": _NATS,
        "usual": _NATS,
        "considered": schema.whole(0),
        "estimated": schema.truth(),
    }
)
DIVERSE = schema.answer(
    {
        "results": schema.listed(schema.answer({"id": _ID, "score": _NATS})),
        "within": schema.listed(schema.answer({"share": schema.number(0, 1), "nats": _NATS})),
        "usual": _NATS,
        "size": schema.whole(0),
        "left_out": schema.whole(0),
    },
    "A ranking, and how near the selection lies to it.",
)
SLIDESHOW = schema.answer(
    {
        "images": schema.listed(
            schema.answer(
                {
                    "id": _ID,
                    "name": schema.text(),
                    "taken": schema.moment(),
                    "width": schema.whole(1),
                    "height": schema.whole(1),
                    "colour": schema.text(),
                }
            )
        ),
        "total": schema.whole(0),
        "offset": schema.whole(0),
    }
)


def change(**fields: Schema) -> dict[str, Schema]:
    """The body of a change: these fields, and the cut that it is made in."""
    known = {"cluster": _NUMBER, "ids": IDS, "count": COUNT}
    return {name: fields.get(name, shape) for name, shape in known.items()} | fields
