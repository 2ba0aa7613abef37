"""Learning a space from the captions of a library: round by round, kept after each, and chosen for its searches."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from leitmotiv.analysis.space import Epoch, Plan, State
from leitmotiv.errors import LeitmotivError, NotFoundError, SpaceError, UsageError
from leitmotiv.formats import charts, space_file
from leitmotiv.records import LearntSpace
from leitmotiv.store.models import NAME
from leitmotiv.workflows import activations, captions, space_learning
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.progress import Report, recorded
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.space_learning import Prepared, WordsOf
from leitmotiv.workflows.used_space import CHOICE, KIND
from leitmotiv.workflows.used_space import UNTRAINED as UNTRAINED
from leitmotiv.workflows.used_space import in_use as in_use

UNFINISHED = "unfinished"
USUAL = "learnt"
"""What a space is called where nobody says."""
PHASE = "Learning a space"
Tell = Callable[[int, float, float], None]
"""Called with the number of a round, its loss and the share of satisfied triplets."""


def material(session: Session, sources: Collection[str], report: Report | None = None) -> tuple[list[str], list[str]]:
    """Ids of the pictures that have a caption and were seen, ascending, and the captions.

    Raises
    ------
    SpaceError
        There is no caption.
    UsageError
        There is no such source.
    MissingExtraError
        Pictures have to be seen first, and the weights of the backbone are not there.
    """
    known = {one.name for one in captions.sources(session)}
    if strange := sorted(set(sources) - known):
        raise UsageError(f"No caption comes from {strange[0]!r}. There are: {', '.join(sorted(known)) or 'none yet'}.")
    texts = captions.by_picture(session, sources)
    if not texts:
        raise SpaceError("This library has no captions yet. Read them first: leitmotiv captions import")
    if set(texts) & set(session.library.activations.missing()):
        activations.ensure(session, report)
    seen = set(session.library.activations.matrix()[0])
    ids = sorted(seen & set(texts))
    return ids, [texts[one] for one in ids]


def train(
    session: Session,
    name: str,
    plan: Plan,
    *,
    words: WordsOf = "auto",
    sources: Collection[str] = (),
    report: Report | None = None,
    tell: Tell | None = None,
) -> LearntSpace:
    """Learn a space and keep it, in the place of an older one with its name.

    Each round is kept: the same call goes on where an interrupted one was. The same captions, pictures and plan give
    the same bytes.

    Parameters
    ----------
    tell : callable, optional
        An interrupted training's rounds are not told again.

    Raises
    ------
    UsageError
        A name that cannot be one of a file.
    SpaceError
        There are no captions, or nothing can be learnt from them.
    MissingExtraError
    """
    _checked(name)
    ids, texts = material(session, sources, report)
    speech = space_learning.speech(session, words, texts, plan.seed, report)
    known, matrix = session.library.activations.matrix()
    row_of = {image_id: row for row, image_id in enumerate(known)}
    prepared = space_learning.prepare(speech, matrix[[row_of[one] for one in ids]], texts, report)
    library = session.library
    digest = space_learning.digest(prepared, plan)
    with library.writer("learning a space"), recorded(library, "space", f"Space {name}", report) as step:
        state = _kept(session, name, digest, prepared, plan.epochs) or space_learning.beginning(prepared)
        for reached in space_learning.states(prepared, plan, state):
            state = reached
            if state.epochs:
                library.models.put(UNFINISHED, name, _packed(state, digest), b"{}\n")
                step(PHASE, len(state.epochs), plan.epochs)
                if tell is not None:
                    tell(len(state.epochs), state.epochs[-1].loss, state.epochs[-1].satisfied)
        learnt = space_learning.finished(name, prepared, plan, state)
        library.models.put(KIND, name, space_file.written(learnt), space_file.card(learnt))
        if name in library.models.names(UNFINISHED):
            library.models.remove(UNFINISHED, name)
    return learnt


def plan(loss: str, negatives: str, margin: float, epochs: int, seed: int) -> Plan:
    """How a space is learnt.

    Raises
    ------
    UsageError
        There is no such loss, or there are no such negatives.
    """
    try:
        return Plan(loss, negatives, margin, epochs, seed)  # type: ignore[arg-type]
    except ValueError as error:
        raise UsageError(f"{error}.") from error


def check(session: Session, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Look at what a page asks for: nothing, or {"words": …}.

    Raises
    ------
    UsageError
        Anything else.
    SpaceError
        There are too few captions.
    """
    chosen = dict(parameters)
    if set(chosen) - {"words"} or chosen.get("words", "auto") not in space_learning.WORDS:
        raise UsageError(f"A space is learnt with words, one of {', '.join(space_learning.WORDS)}, and nothing else.")
    if len(captions.by_picture(session)) < space_learning.FEWEST:
        raise SpaceError(f"At least {space_learning.FEWEST} pictures with captions are needed. Read captions first.")
    return "what words mean here", chosen


def work(session: Session, parameters: Mapping[str, Any], report: Report) -> str:
    """Learn a space as the queue does it, by the usual plan, and use it."""
    train(session, USUAL, Plan(), words=parameters.get("words", "auto"), report=report)
    use(session, USUAL)
    return f"{USUAL}, and in use"


def _checked(name: str) -> None:
    if not NAME.fullmatch(name) or name == UNTRAINED:
        raise UsageError(
            f"{name!r} is no name for a space: use letters, digits, dots, dashes and underscores, "
            f"but not {UNTRAINED!r}, which every library has."
        )


def _packed(state: State, digest: str) -> bytes:
    arrays = {f"moment{number}": one for number, one in enumerate(state.moments)}
    epochs = np.array([(one.loss, one.satisfied) for one in state.epochs], np.float64)
    return space_file.packed(
        {
            **arrays,
            "weights": state.weights,
            "bias": state.bias,
            "epochs": epochs,
            "steps": np.array(state.steps),
            "digest": np.frombuffer(digest.encode(), np.uint8),
        }
    )


def _kept(session: Session, name: str, digest: str, prepared: Prepared, rounds: int) -> State | None:
    """Where an interrupted training was, if it was this one, and not beyond the rounds that are asked for."""
    models = session.library.models
    if name not in models.names(UNFINISHED):
        return None
    try:
        arrays: dict[str, Any] = space_file.unpacked(models.get(UNFINISHED, name), name)
        if bytes(arrays["digest"]).decode() != digest:
            return None
        moments = tuple(arrays[f"moment{number}"] for number in range(4))
        epochs = tuple(Epoch(float(loss), float(satisfied)) for loss, satisfied in arrays["epochs"])
        state = State(arrays["weights"], arrays["bias"], moments, int(arrays["steps"]), epochs)
    except (SpaceError, KeyError, ValueError, TypeError, NotFoundError):
        return None  # torn: it begins anew
    if len(state.epochs) > rounds:
        return None  # fewer rounds are asked for than were done
    new = space_learning.beginning(prepared)
    pairs = zip((state.weights, state.bias, *moments), (new.weights, new.bias, *new.moments), strict=True)
    fits = all((one.shape, one.dtype) == (other.shape, other.dtype) for one, other in pairs)
    return state if fits else None


def names(session: Session) -> list[str]:
    """The learnt spaces of a library, the last one first."""
    return session.library.models.names(KIND)


def known(session: Session) -> tuple[dict[str, LearntSpace], dict[str, str]]:
    """The spaces that can be read, by name, and what is wrong with the others."""
    found, broken = {}, {}
    for name in names(session):
        try:
            found[name] = get(session, name)
        except LeitmotivError as error:
            broken[name] = str(error)
    return found, broken


def get(session: Session, name: str) -> LearntSpace:
    """A space by its name.

    Raises
    ------
    NotFoundError
        There is none.
    SpaceError
        Its file is damaged, or it was learnt from another backbone.
    """
    stamp = session.library.models.stamp(KIND, name)
    key = ("learnt space", name, stamp)
    return remember(session, key, lambda: space_file.read(session.library.models.get(KIND, name), name))


def forget(session: Session, name: str) -> None:
    """Remove a space; searches go back to the untrained one, if it was in use.

    Raises
    ------
    NotFoundError
    """
    library = session.library
    with library.writer("forgetting a space"):
        library.models.remove(KIND, name)
        if library.choices.get(CHOICE) == name:
            library.choices.put(CHOICE, "")


def use(session: Session, name: str) -> None:
    """Have searches use a space; "untrained" takes that back.

    Raises
    ------
    NotFoundError, SpaceError
        There is no such space, or it cannot be used.
    """
    if name != UNTRAINED:
        get(session, name)
    with session.library.writer("choosing a space"):
        session.library.choices.put(CHOICE, name)


def chart(learnt: LearntSpace) -> bytes:
    """How the rounds of a space went, as SVG.

    Raises
    ------
    SpaceError
        It has no rounds: it is a ridge regression.
    """
    epochs = learnt.card.get("epochs", [])
    if not epochs:
        raise SpaceError(f"The space {learnt.name} was learnt in closed form: there are no rounds to draw.")
    told = f"{learnt.name}: {described(learnt)}"
    return charts.rounds([(one["loss"], one["satisfied"]) for one in epochs], told)


@dataclass(frozen=True)
class Lines:
    """The rounds of a space as lines, in a frame; `from_` and `to` are shares of satisfied triplets."""

    width: int
    height: int
    left: int
    top: int
    right: int
    floor: int
    loss: str
    satisfied: str
    rounds: int
    most: float
    first: float
    last: float
    from_: float
    to: float


def lines(learnt: LearntSpace) -> Lines | None:
    """How the rounds of a space went, for a page; None where it was learnt in closed form."""
    told = [(one["loss"], one["satisfied"]) for one in learnt.card.get("epochs", [])]
    if not told:
        return None
    sides = (charts.LEFT, charts.TOP, charts.WIDTH - charts.RIGHT, charts.HEIGHT - charts.BOTTOM)
    ends = (told[0][0], told[-1][0], told[0][1], told[-1][1])
    return Lines(
        charts.WIDTH, charts.HEIGHT, *sides, *charts.paths(told), len(told), max(one for one, _ in told), *ends
    )


def described(learnt: LearntSpace) -> str:
    """In a few words, how a space was learnt."""
    told = learnt.card
    kind = f"{told['negatives']} negatives, margin {told['margin']:g}" if learnt.loss == "triplet" else ""
    rounds = f"{told['rounds']} rounds" if "rounds" in told else "closed form"
    parts = (learnt.loss, kind, f"words of {learnt.words}", rounds, f"{told['pictures']:,} pictures")
    return ", ".join(filter(None, parts))
