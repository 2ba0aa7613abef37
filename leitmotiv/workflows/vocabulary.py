"""What the language of searches knows of words itself: hyphens that belong to a word, and words for colours."""

import re
from collections.abc import Callable, Sequence

from leitmotiv.analysis.named_colours import NAMES

Known = Callable[[str], bool]
"""Whether a word with a hyphen, or a phrase that begins with a colour, is one name; asked in small letters."""

LONGEST_JOINED = 5
"""Most parts of a word with hyphens; it keeps reading linear."""


def _all(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"\S+", words))


_JOINED = _all(
    """
    able-bodied air-conditioner all-terrain black-and-white bow-tie brother-in-law by-pass check-in check-out
    clip-on close-up cross-country cross-section cut-out daughter-in-law double-decker drive-in father-in-law
    flip-flop flip-flops forget-me-not free-standing go-kart go-karts half-moon hand-made head-on high-heeled
    high-heels high-key high-rise high-speed hip-hop ice-cream ice-skating jack-in-the-box jack-o-lantern
    king-size kung-fu lean-to life-size lily-of-the-valley long-exposure long-haired low-key low-light
    merry-go-round mother-in-law old-fashioned open-air passer-by pick-up pin-up ping-pong pom-pom pop-up
    push-up right-hand roller-coaster roller-skate runner-up see-saw short-haired side-by-side sister-in-law
    sit-up slow-motion son-in-law still-life stop-motion tai-chi take-away take-off teeter-totter tic-tac-toe
    tie-dye tilt-shift time-lapse top-down touch-me-not vis-a-vis walk-in walkie-talkie well-known wide-angle
    yin-yang yo-yo zig-zag
    """
)
_PREFIXES = _all(
    """
    anti co counter e ex extra half inter macro mega micro mid mini multi non post pre pro re self semi sub
    super ultra un one two three four five six seven eight nine ten
    """
)
_COLOURS = _all(
    """
    aqua azure beige black blue brown crimson cyan gray green grey indigo magenta maroon navy orange pink purple
    red teal turquoise violet white yellow
    """
)
"""Words that stand for a colour before anything else; the many names of CSS need ``colour:`` before them."""
OR, REFUSING = "or", "not"
JOINING = frozenset((OR, REFUSING))
"""Words that join others however they are written; no network hears them as words."""
_BETWEEN = frozenset(("and", OR))
"""Words that join two colours, also in small letters."""
_SHADES = frozenset(("dark", "light", "medium", "pale", "deep", "sky", "royal", "midnight", "forest", "hot", "navy"))
_NAMES = _all(
    """
    black-bear black-forest black-grouse black-hole black-sea black-stork black-swan black-widow blue-jay
    blue-shark blue-whale brown-bear green-mamba green-tea grey-fox grey-whale grey-wolf orange-juice red-carpet
    red-cross red-deer red-fox red-panda red-sea red-square red-squirrel red-wine red-wolf white-house
    white-shark white-stork white-tiger white-wine white-wolf yellow-pages
    """
)


def is_joined(word: str, known: Known | None = None) -> bool:
    """Whether a word with hyphens is one: known as such, or with a part that no word begins or ends with alone."""
    folded = word.casefold()
    pieces = folded.split("-")
    if len(pieces) < 2 or not all(pieces):
        return False
    if len(pieces) == 2 and (pieces[0] in _PREFIXES or sum(len(one) == 1 or one.isdigit() for one in pieces) == 1):
        return True
    return folded in _JOINED or (known is not None and known(folded))


def parted(word: str, known: Known | None = None) -> list[str]:
    """A word at those of its hyphens that take away: what they stand between, each a word by itself.

    Examples
    --------
    >>> parted("bike-park"), parted("t-shirt-hat"), parted("merry-go-round")
    (['bike', 'park'], ['t-shirt', 'hat'], ['merry-go-round'])
    """
    pieces, found, at = word.split("-"), [], 0
    while at < len(pieces):
        most = min(LONGEST_JOINED, len(pieces) - at)
        size = next((n for n in range(most, 1, -1) if is_joined("-".join(pieces[at : at + n]), known)), 1)
        found.append("-".join(pieces[at : at + size]))
        at += size
    return found


def coloured(words: Sequence[str], known: Known | None = None) -> tuple[list[list[str]], list[str]]:
    """The colours that a phrase begins with, by their names in CSS, and the words that are left.

    Each is a list, as an *or* between two colours means either of them; an *and* only joins them. A phrase that is a
    name as a whole, such as *red panda*, has none.

    Examples
    --------
    >>> coloured(["dark", "blue", "car"]), coloured(["red", "panda"]), coloured(["black", "and", "white"])
    (([['darkblue']], ['car']), ([], ['red', 'panda']), ([['black'], ['white']], []))
    >>> coloured(["red", "or", "blue", "car"])
    ([['red', 'blue']], ['car'])
    """
    left, found, either = list(words), list[list[str]](), False
    # what is known of names is asked last: a library may have to look
    while (taken := _colour(left)) and not _is_name(left, known):
        name = "".join(left[:taken]).casefold()
        if either:
            found[-1].append(name)
        else:
            found.append([name])
        left = left[taken:]
        between = left[0].casefold() if left else ""
        joins = between in _BETWEEN and _colour(left[1:]) > 0 and not _is_name(left[1:], known)
        either = joins and between == OR
        left = left[joins:]
    start = _listed(left)
    return (found + coloured(left[start:])[0], left[:start]) if start else (found, left)


def _listed(words: Sequence[str]) -> int:
    """Where the colours begin that a phrase ends with, if there is an *or* between them: *car red or blue*; else 0."""
    folded, at = [word.casefold() for word in words], len(words)
    while at > 1 and (folded[at - 1] in _COLOURS or (at < len(words) and _leads_on(folded[at - 1], folded[at]))):
        at -= 1
    at += at < len(words) and folded[at] in _BETWEEN
    return at if OR in folded[at:] else 0


def _leads_on(word: str, behind: str) -> bool:
    """Whether a word belongs to a list of colours by what stands behind it."""
    return word in _BETWEEN or (word in _SHADES and word + behind in NAMES)


def signs(words: Sequence[str], known: Known | None = None) -> dict[int, str]:
    """Which of words side by side are no words but join the others, by their places: *or* and *not*, however written.

    An *or* between two colours is none where they share what stands behind or before them; nor is any in a name.

    Examples
    --------
    >>> signs(["panda", "or", "lotus"]), signs(["red", "or", "blue", "car"]), signs(["forget", "me", "not"])
    ({1: 'or'}, {}, {})
    """
    folded = [word.casefold() for word in words]
    found = {at: word for at, word in enumerate(folded) if word in JOINING}
    if not found or _is_name(words, known):
        return {}
    ends = [*found, len(words)]
    start = 0
    for number, at in enumerate(list(found)):
        before, behind = folded[start:at], folded[at + 1 : ends[number + 1]]
        shared = _are_colours(before) or (before[-1:] and before[-1] in _COLOURS and _are_colours(behind))
        if found[at] == OR and shared and _colour(behind) and not _is_name(behind, known):
            del found[at]
        start = at + 1
    return found


def begins_list(words: Sequence[str]) -> bool:
    """Whether words are nothing but colours, as before a comma of a list of them."""
    return _are_colours([word.casefold() for word in words])


def ends_list(words: Sequence[str]) -> bool:
    """Whether words begin with the end of a list of colours, after its last comma: *or green car*, *blue or green*."""
    folded = [word.casefold() for word in words[:5]]
    before = 0 if folded[:1] == [OR] else _colour(folded)
    return folded[before : before + 1] == [OR] and _colour(folded[before + 1 :]) > 0


def _are_colours(words: Sequence[str]) -> bool:
    """Whether words in small letters are nothing but colours, and what joins them."""
    at = 0
    while at < len(words) and (taken := _colour(words[at : at + 2]) or int(words[at] in _BETWEEN)):
        at += taken
    return 0 < at == len(words)


def _colour(words: Sequence[str]) -> int:
    """How many words a phrase begins with that are a colour; 0 for none."""
    first, two = "".join(words[:1]).casefold(), "".join(words[:2]).casefold()
    if len(words) > 1 and first in _SHADES and words[1].casefold() in _COLOURS and two in NAMES:
        return 2
    return int(first in _COLOURS)


def _is_name(words: Sequence[str], known: Known | None) -> bool:
    plain = {word.casefold() for word in words}
    if len(words) < 2 or (plain & _BETWEEN and plain <= _COLOURS | _BETWEEN):
        return False
    folded = "-".join(words).casefold()
    return folded in _NAMES or folded in _JOINED or (known is not None and known(folded))


_WORD = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
KEYWORDS = frozenset(("NOT", "AND", "OR"))


def is_plain(phrase: str) -> bool:
    """Whether a phrase can be written without quotation marks and is read as the same."""
    words = phrase.split(" ")
    said = KEYWORDS.intersection(words) or JOINING.intersection(map(str.casefold, words))
    return _WORD.fullmatch(phrase) is not None and not said and not coloured(words)[0]
