"""The tables as peewee models, without a database: each library runs them on its own; they never leave this folder.

The schema itself is made by `migrations`; these classes name its columns for the queries.
"""

from typing import Any

from leitmotiv.store.orm import BlobField, FloatField, IntegerField, Model, TextField


class PlainText(TextField):
    """Text that both databases take: what is no Unicode (a file name inside a message) becomes "?", and a NUL too."""

    def db_value(self, value: Any) -> Any:
        """Replace lone surrogates and NULs."""
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "?") if isinstance(value, str) else value


class Wide(TextField):
    """A whole number as decimal text: nanoseconds of a file dated after 2262 overflow SQLite's 64 bits."""

    def db_value(self, value: Any) -> Any:
        """Decimal digits."""
        return str(value)


class Table(Model):
    """What all tables share: they are bound to no database, so several libraries may be open at once."""

    class Meta:
        """Tables are named as the classes, in snake case."""

        legacy_table_names = False


class Images(Table):
    """One row a picture; `serial` is the order of adding."""

    serial = IntegerField(primary_key=True)
    id = TextField()
    width = IntegerField()
    height = IntegerField()
    taken = TextField()
    taken_key = IntegerField()
    taken_source = TextField()
    format = PlainText()
    size = IntegerField()
    pixel_hash = TextField()
    colour = TextField()
    added = TextField()
    facts = TextField()
    state = TextField()


class Files(Table):
    """One row a path that holds, or held, a picture."""

    serial = IntegerField(primary_key=True)
    path = BlobField()
    image_id = TextField(null=True)
    sha256 = TextField()
    size = IntegerField()
    mtime_ns = Wide()
    state = TextField()


class Thumbnails(Table):
    """JPEG by picture and longest side; WebP in libraries of before."""

    image_id = TextField()
    size = IntegerField()
    data = BlobField()

    class Meta:
        """Two columns make the key."""

        primary_key = False


class Mixtures(Table):
    """One blob a picture; `mixtures` knows its layout."""

    image_id = TextField(primary_key=True)
    components = IntegerField()
    dimensions = IntegerField()
    colour_space = TextField()
    parameters = BlobField()
    aspect = FloatField()


class Activations(Table):
    """What the backbone made of each picture: `pooled` is 1,280 float16, little-endian."""

    serial = IntegerField(primary_key=True)
    image_id = TextField()
    version = TextField()
    pooled = BlobField()


class Comparisons(Table):
    """Which of two pictures is preferred: 1 the first, 2 the other, 0 neither; `one_id` is the lesser id."""

    one_id = TextField()
    other_id = TextField()
    preferred = IntegerField()
    at = TextField(default="")

    class Meta:
        """Two columns make the key."""

        primary_key = False


class Measures(Table):
    """Technical measures of each picture, float32, little-endian."""

    image_id = TextField(primary_key=True)
    version = TextField()
    numbers = BlobField()


class Folders(Table):
    """Folders that were added, with their patterns as JSON lists."""

    path = BlobField(primary_key=True)
    include = TextField()
    exclude = TextField()
    added = TextField()


class Failures(Table):
    """Files that could not be read, as they were when they failed."""

    path = BlobField(primary_key=True)
    reason = PlainText()
    size = IntegerField()
    mtime_ns = Wide()
    at = TextField()


class Clusters(Table):
    """At most one row: the clusters and their tree, arrays as little-endian blobs."""

    revision = IntegerField(primary_key=True)
    digest = TextField()
    ids = TextField()
    labels = BlobField()
    exemplars = BlobField()
    distances = BlobField()
    merges = BlobField()
    heights = BlobField()
    default_count = IntegerField()
    preference = FloatField(null=True)
    cost = FloatField(null=True)
    at = TextField()
    grain = TextField(null=True)
    bound = FloatField(null=True)
    up_to = IntegerField(null=True)
    unplaced = TextField(null=True)


class Placed(Table):
    """Pictures that joined the clusters: which fine one, how far they are, and what arrays hold of others."""

    serial = IntegerField(primary_key=True)
    image_id = TextField(unique=True)
    label = IntegerField()
    distance = FloatField()
    remoteness = FloatField(null=True)
    vector = BlobField(null=True)


class ClusterNames(Table):
    """Names by node of the tree."""

    node = IntegerField(primary_key=True)
    name = PlainText()


class Jobs(Table):
    """Long work, with the process that does it."""

    id = IntegerField(primary_key=True)
    kind = TextField()
    title = PlainText()
    state = TextField()
    phase = PlainText()
    done = IntegerField()
    total = IntegerField()
    rate = FloatField()
    remaining = FloatField(null=True)
    failures = IntegerField()
    message = PlainText()
    started = TextField()
    finished = TextField(null=True)
    pid = IntegerField()
    process = TextField()
    parameters = TextField(null=True)
    queue = IntegerField(default=0)
    priority = IntegerField(default=0)
    attempts = IntegerField(default=0)
    control = TextField(default="")


class Migrations(Table):
    """Names of the migrations that this database has seen."""

    name = TextField(primary_key=True)
    at = TextField()


class Ratings(Table):
    """What a person thinks of a picture; no row means nothing yet."""

    image_id = TextField(primary_key=True)
    stars = IntegerField(default=0)
    favourite = IntegerField(default=0)
    rejected = IntegerField(default=0)
    label = TextField(default="")


class Selections(Table):
    """Named sets of pictures: a filter that is asked anew, or fixed ids."""

    id = IntegerField(primary_key=True)
    name = PlainText()
    query = PlainText(null=True)
    ids = TextField(null=True)
    at = TextField()


class TrendEdits(Table):
    """What a person said about trends; `ids` and `parts` are JSON, see `records.TrendEdit`."""

    id = IntegerField(primary_key=True)
    kind = TextField()
    name = PlainText(default="")
    ids = TextField(default="[]")
    parts = TextField(default="[]")
    at = TextField()


class Changes(Table):
    """The journal of what a person changed, for undoing; `edits` is JSON, see `changes`."""

    serial = IntegerField(primary_key=True)
    title = PlainText()
    at = TextField()
    edits = TextField()
    undone = IntegerField(default=0)


class CatalogueColumns(Table):
    """Columns of imported catalogues; `entries` is JSON, values by picture."""

    name = PlainText(primary_key=True)
    place = IntegerField()
    kind = TextField()
    source = PlainText()
    at = TextField()
    entries = TextField()


class Revisions(Table):
    """How often each table was changed, counted by the database itself."""

    name = TextField(primary_key=True)
    number = IntegerField()


class Copies(Table):
    """Pairs of pictures that are copies, or perhaps; see `records.Copy`."""

    left = TextField()
    right = TextField()
    kind = TextField()
    score = FloatField()
    sure = IntegerField()
    mirrored = IntegerField()
    grey = IntegerField()
    inside = TextField()
    box = TextField()
    correlation = FloatField()
    divergence = FloatField()
    bits = IntegerField()
    keypoints = IntegerField(null=True)

    class Meta:
        """Two columns make the key."""

        primary_key = False


class CopiesSeen(Table):
    """Pictures that were compared with all others of this table, and by which revision of the method."""

    image_id = TextField(primary_key=True)
    revision = TextField()


class CopyDecisions(Table):
    """What a person decided about a copy: keep or remove."""

    member = TextField(primary_key=True)
    image_id = TextField()
    decision = TextField()


class CopyDenials(Table):
    """Pairs that a person said are no copies."""

    left = TextField()
    right = TextField()
    at = TextField()

    class Meta:
        """Two columns make the key."""

        primary_key = False


class Removals(Table):
    """Files that went to the trash, with where they lie there; kept when the picture is forgotten."""

    serial = IntegerField(primary_key=True)
    plan = TextField()
    image_id = TextField()
    path = BlobField()
    size = IntegerField()
    mtime_ns = Wide()
    sha256 = TextField()
    trashed = BlobField(null=True)
    note = BlobField(null=True)
    state = TextField()
    at = TextField()


class Forgotten(Table):
    """How ids of pictures begin, in the order in which they were forgotten; one may be added, and forgotten, again."""

    serial = IntegerField(primary_key=True)
    beginning = TextField()


class Boards(Table):
    """Mood boards; those with `trashed` lie in the trash."""

    id = IntegerField(primary_key=True)
    name = PlainText()
    words = PlainText(default="")
    seed = IntegerField(default=0)
    made = TextField()
    changed = TextField()
    current = IntegerField(null=True)
    trashed = TextField(null=True)


class BoardExamples(Table):
    """Pictures on boards; they need not be in the library."""

    board = IntegerField()
    image_id = TextField()
    side = TextField()
    weight = FloatField(default=1.0)
    drawn = IntegerField(default=0)
    place = IntegerField(default=0)

    class Meta:
        """Two columns make the key."""

        primary_key = False


class BoardSnapshots(Table):
    """What boards had learnt; `examples` and `contradictions` are JSON, `concept` names a row of the concepts."""

    id = IntegerField(primary_key=True)
    board = IntegerField()
    name = PlainText(default="")
    made = TextField()
    concept = TextField()
    layer = TextField()
    method = TextField()
    quality = FloatField(null=True)
    examples = TextField(default="[]")
    contradictions = TextField(default="[]")


class BoardConcepts(Table):
    """Learnt vectors as the bytes of a file, by their hash."""

    id = TextField(primary_key=True)
    data = BlobField()


class BoardPictures(Table):
    """Pictures that were handed in to boards."""

    id = TextField(primary_key=True)
    name = PlainText(default="")
    width = IntegerField()
    height = IntegerField()
    data = BlobField()
    activation = BlobField(null=True)
    measured = TextField(default="")


class RatingSets(Table):
    """Imports of ratings; `report` is JSON."""

    id = IntegerField(primary_key=True)
    name = PlainText()
    format = TextField()
    source = PlainText()
    scale = IntegerField()
    made = TextField()
    report = PlainText(default="{}")


class RatedItems(Table):
    """What a set tells of one picture; `counts` and `facts` are JSON."""

    id = IntegerField(primary_key=True)
    set_id = IntegerField()
    key = PlainText()
    image_id = TextField(default="")
    counts = TextField(null=True)
    mean = FloatField(null=True)
    deviation = FloatField(null=True)
    facts = PlainText(default="{}")


class RatedVotes(Table):
    """Single votes, with who gave them."""

    id = IntegerField(primary_key=True)
    item_id = IntegerField()
    rater = PlainText(default="")
    value = FloatField()


class RatedPictures(Table):
    """What the backbone made of rated pictures, whether they are in the library or not."""

    id = TextField(primary_key=True)
    version = TextField()
    pooled = BlobField()


class Captions(Table):
    """Texts about pictures."""

    id = IntegerField(primary_key=True)
    image_id = TextField()
    kind = TextField()
    source = PlainText()
    text = PlainText()


class CaptionsRead(Table):
    """Which pictures were looked at for texts, and what their files were then."""

    image_id = TextField(primary_key=True)
    stamp = TextField()


class Choices(Table):
    """What a person chose for this library alone."""

    name = TextField(primary_key=True)
    value = PlainText()


class EvolutionRuns(Table):
    """Evolutions as they were asked for; `pictures`, `first` and `facts` are JSON."""

    id = IntegerField(primary_key=True)
    made = TextField()
    design = TextField()
    critic = PlainText()
    seed = IntegerField()
    rounds = IntegerField()
    batch = IntegerField()
    greedy = IntegerField(default=0)
    pictures = TextField(default="[]")
    first = TextField(null=True)
    facts = PlainText(default="{}")


class EvolutionRounds(Table):
    """Rounds as they were judged, a row each; `judged` and `picks` are JSON."""

    id = IntegerField(primary_key=True)
    run = IntegerField()
    number = IntegerField()
    genomes = BlobField()
    traits = BlobField()
    judged = TextField()
    winner = IntegerField()
    picks = TextField(default="[]")
    note = TextField(default="")
    fresh = IntegerField(default=0)


class EvolutionVotes(Table):
    """Which of two designs of a round a person preferred."""

    id = IntegerField(primary_key=True)
    run = IntegerField()
    round = IntegerField()
    preferred = IntegerField()
    over = IntegerField()
    made = TextField()


class EvolutionPicks(Table):
    """Of `EvolutionRounds` only what a person chose, as the journal writes it."""

    run = IntegerField()
    number = IntegerField()
    picks = TextField()

    class Meta:
        """Two columns make the key; without the others of the table no row can be made, only changed."""

        primary_key = False
        table_name = "evolution_rounds"


class EvolutionVotesGiven(Table):
    """`EvolutionVotes` without their numbers, as the journal writes them."""

    run = IntegerField()
    round = IntegerField()
    preferred = IntegerField()
    over = IntegerField()
    made = TextField()

    class Meta:
        """All columns but the last make the key."""

        primary_key = False
        table_name = "evolution_votes"


TABLES: tuple[type[Table], ...] = (
    Images,
    Files,
    Thumbnails,
    Mixtures,
    Activations,
    Measures,
    Comparisons,
    Folders,
    Failures,
    Clusters,
    Placed,
    ClusterNames,
    Jobs,
    Migrations,
    Ratings,
    Selections,
    TrendEdits,
    Changes,
    CatalogueColumns,
    Revisions,
    Copies,
    CopiesSeen,
    CopyDecisions,
    CopyDenials,
    Removals,
    Forgotten,
    Boards,
    BoardExamples,
    BoardSnapshots,
    BoardConcepts,
    BoardPictures,
    RatingSets,
    RatedItems,
    RatedVotes,
    RatedPictures,
    Captions,
    CaptionsRead,
    Choices,
    EvolutionRuns,
    EvolutionRounds,
    EvolutionVotes,
)
