"""The shapes of what `forms` makes, for the description of the interface."""

from leitmotiv.web import schema

SELECTED = {
    "q": schema.text("A line of filters, such as `year:2024 -folder:scans`; empty for everything that is there."),
    "sort": schema.text("The order, such as `-taken`, `name` or `-rating`."),
}
BY = schema.text(
    "What counts: look, subject (what the pictures show; it needs no training), or a number between, 0 to 1.",
    default="look",
)
PATH = {
    "path": schema.text("Where the file lies; U+FFFD stands for bytes that are not UTF-8."),
    "path_base64": schema.text("The path in base64, where it is not UTF-8."),
}
_IMAGE = {
    "id": schema.text("SHA-256 of the file, 64 hex digits.", pattern="^[0-9a-f]{64}$"),
    **PATH,
    "paths": schema.listed(schema.text(), "Every file that holds it."),
    "width": schema.whole(1, about="Pixels."),
    "height": schema.whole(1, about="Pixels."),
    "taken": schema.moment("When it was taken, as the camera's clock said."),
    "colour": schema.text("Mean colour.", pattern="^#[0-9a-f]{6}$"),
    "state": schema.text(choices=("present", "missing", "offline")),
}
IMAGE = schema.named(
    "Image", schema.answer(_IMAGE, "A picture in a list.", optional=("path_base64", "colour", "state"))
)
WHOLE_IMAGE = schema.named(
    "WholeImage",
    schema.answer(
        _IMAGE
        | {
            "taken_source": schema.text("From where `taken` is known."),
            "format": schema.text(),
            "size": schema.whole(0, about="Bytes."),
            "pixel_hash": schema.text("Hash of the decoded pixels."),
            "added": schema.moment("When it came into the library."),
            "facts": schema.keyed(schema.text(), "Camera, lens, exposure, where the file says so."),
        },
        "A picture with everything the library knows of it.",
        optional=("path_base64",),
    ),
)
IMAGES = schema.answer(
    {
        "images": schema.listed(IMAGE),
        "next": schema.maybe(schema.text("Address of the next page.")),
    }
)
RANKING = schema.named(
    "Ranking",
    schema.answer(
        {
            "schema": schema.text(choices=("leitmotiv.ranking/1",)),
            "measure": schema.text("What it goes by: look, subject, blend (of both), board, search, critic or taste."),
            "unit": schema.text("Of the scores."),
            "order": schema.text("Of the scores.", choices=("ascending", "descending")),
            "query": schema.keyed(schema.anything(), "What was asked."),
            "results": schema.listed(
                schema.answer(
                    {
                        "id": schema.text(),
                        **PATH,
                        "score": schema.maybe(schema.number()),
                        "divergence": schema.number(0, about="Jensen-Shannon divergence of the two mixtures, nats."),
                        "percentile": schema.number(0, 100, "Of boards: percent of the collection that score less."),
                        "probability": schema.number(0, 1, "Of boards: that it belongs; only roughly calibrated."),
                        "cosine": schema.number(-1.001, 1.001, "With what a board learnt, or of two pictures."),
                        "deviation": schema.number(0, 4.5, "Of critics: of the votes, in scores."),
                        "copies": schema.listed(schema.text(), "Of searches: ids of copies that stand behind it."),
                        "words": schema.listed(schema.text(), "Of searches for words: those nearest to the picture."),
                    },
                    optional=(
                        "path_base64",
                        *("divergence", "percentile", "probability", "cosine", "deviation"),
                        *("copies", "words"),
                    ),
                )
            ),
            "next": schema.maybe(schema.text("Address of the next page.")),
            "approximate": schema.truth("Whether the order comes from the embedding rather than exact divergences."),
            "terms": schema.listed(schema.text(), "Of searches: what was looked for, in the order of `parts`."),
            "total": schema.whole(0, about="Of searches: how many results there are, shown or not."),
            "above_chance": schema.maybe(schema.whole(0, about="Of searches: how many of them part from chance.")),
            "unknown": schema.listed(
                schema.answer(
                    {
                        "word": schema.text("As it was written."),
                        "near": schema.listed(schema.text(), "What may be meant, the likeliest first; or a filter."),
                        "read": schema.text("The word that it was read as; empty where it was read as it stands."),
                    }
                ),
                "Of searches: words that nobody knows.",
            ),
            "notes": schema.listed(schema.text(), "Of searches: what to know of how it was read."),
        },
        "Pictures from most to least fitting.",
        optional=("approximate", "terms", "total", "above_chance", "unknown", "notes"),
    ),
)
CLUSTERS = schema.answer(
    {
        "clusters": schema.listed(
            schema.answer(
                {
                    "id": schema.whole(0),
                    "exemplar": schema.text("Id of the picture that stands for the others."),
                    "size": schema.whole(1),
                    "members": schema.listed(schema.text(), "Ids, from the exemplar outwards."),
                    "name": schema.text(),
                }
            )
        ),
        "count": schema.whole(0),
    }
)
FORM = schema.keyed(schema.anything())
THINGS = schema.listed(schema.anything())
COUNT = schema.whole(0)


def form(**fields: schema.Schema) -> schema.Schema:
    """An object of an answer that has at least these fields."""
    return schema.answer(fields)


DAYS = schema.answer(
    {"days": schema.listed(schema.answer({"day": schema.text("ISO 8601."), "count": schema.whole(1)}))}
)
FAILURE = schema.answer({**PATH, "reason": schema.text(), "at": schema.moment()}, optional=("path_base64",))
JOB = schema.named(
    "Job",
    schema.answer(
        {
            "id": schema.whole(1),
            "kind": schema.text("What is done: add, index, …"),
            "title": schema.text("To what."),
            "state": schema.text(choices=("queued", "running", "paused", "done", "failed", "stopped")),
            "phase": schema.text("What it is doing now, in plain words."),
            "done": schema.whole(0, about="Of this phase."),
            "total": schema.whole(0, about="Of this phase; 0 while it is not known."),
            "rate": schema.number(0, about="Per second, over the last seconds; 0 while it is not known."),
            "remaining": schema.maybe(schema.number(0, about="Seconds left in this phase.")),
            "started": schema.moment("When it began, or was put into the queue."),
            "finished": schema.maybe(schema.moment()),
            "message": schema.text("The file in hand while it runs, how it ended afterwards."),
            "failures": schema.whole(0, about="Files that could not be read."),
            "attempts": schema.whole(0, about="How often the worker began it."),
            "repeatable": schema.truth("Whether it can rest, and be done again from a page."),
            "wish": schema.text("What was asked of it while it runs.", choices=("", "pause", "cancel")),
        },
        "A long piece of work.",
    ),
)
STATUS = schema.named(
    "Status",
    schema.answer(
        {
            "library": schema.text("Its folder."),
            "version": schema.text("Of leitmotiv."),
            **{name: schema.whole(0) for name in ("images", "missing", "offline", "failed", "clusters", "indexed")},
            "stale": schema.truth("Whether pictures came or went since the index was made."),
            "way": schema.text("How pictures were compared.", choices=("all pairs", "neighbours", "none")),
            "recall": schema.maybe(schema.number(0, 1)),
            "gap": schema.maybe(schema.number(0)),
            "seen": schema.whole(0, about="Pictures whose subject a network has seen."),
            "disk_bytes": schema.whole(0),
            "folders": schema.listed(schema.answer(PATH, optional=("path_base64",))),
            "failures": schema.listed(FAILURE, "The first of those files that could not be read."),
            "jobs": schema.listed(JOB, "The latest."),
        },
        "What the library holds and what is going on.",
    ),
)
