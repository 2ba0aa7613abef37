"""Captions as people write them, made fit to learn from: hashtags taken apart, links and fillers left out, any script.

It reads no file. Words are runs of letters and digits of any script; scripts that put no spaces between words (Han,
kana, Thai, Lao, Khmer, Burmese) are taken apart into overlapping pairs of characters. Marks on letters, as the
vowels of Hindi and Thai and accents that are written apart, are parts of words. It takes time linear in the text.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

SHORTEST, LONGEST = 2, 40
"""Letters of a word that counts; what is longer is a key or an address, not a word. A syllable of Korean has letters
enough: 산 is a mountain."""
MOST_WORDS = 200
"""Of a caption that count."""
_FILLERS = """
    rt via http https www com org html htm php jpg jpeg png gif tiff webp img dsc dscn dscf pxl screenshot
    tweet twitter instagram insta igers instagood instadaily photooftheday picoftheday followme follow like4like
    photo photos photograph picture pictures pic pics image images figure wikipedia google flickr homepage url youtube
    pinterest blog lol omg amp nbsp
"""
_FUNCTION_WORDS = {
    "english": """
        a about after again all also am an and any are as at be because been before being but by can could did do does
        doing down each else few for from further get got had has have having he her here hers herself him himself his
        how if in into is it its itself just let may me might more most much must my myself no nor not now of off on
        once only or other our ours ourselves out over own really said same say says she should so some such than that
        the their theirs them themselves then there these they this those through to too under until up upon us very
        was we were what when where which while who whom why will with without would you your yours yourself
    """,
    "german": """
        aber als am an auch auf aus bei bis bist da damit dann das dass dein dem der des dir doch du durch
        ein eine einem einen einer eines er es für hatte ich ihm ihn ihr ihre im in ist ja jetzt kann kein keine
        mein mich mir mit nach nicht noch nur ob oder ohne schon sehr sein seine sich sie sind so über um und
        uns unser unter vom von vor waren was wenn wer wie wir wird wo zu zum zur
    """,
    "french": """
        au aux avec ce ces cette dans de des du elle en est et être eux il ils je la le les leur lui ma mais me mes moi
        mon ne nos notre nous on ou où par pas pour qu que qui sa sans se ses sont sous sur ta te tes toi tu un
        une vos votre vous été était
    """,
    "spanish": """
        al algo como con de del desde donde el ella ellas ellos en entre era es esa ese eso esta este esto fue ha hasta
        hay la las le les lo los mas más me mi mis muy nada ni no nos o otra otro para pero por porque que qué se ser si
        sin sobre su sus también te tiene todo tu un una uno y ya yo
    """,
    "italian": """
        ad agli ai al alla alle anche che chi ci come con cui da dal dalla degli dei del della delle di e ed era
        gli ha ho il in io la le lei li lo lui ma mi mia mio ne nei nel nella noi non nostro o per più quale quando
        quella quello questa questo se si sono sua sul sulla suo ti tra tu un una uno vi
    """,
    "portuguese": """
        ao aos as com como da das de do dos e ela ele em entre era essa esse esta este eu foi há isso já lhe mais mas me
        mesmo meu minha muito na nas nem no nos não o os ou para pela pelo por qual quando que quem se sem ser seu sua
        são só também te tem um uma você
    """,
    "dutch": """
        aan al als bij dan dat de der deze dit een en er geen had heb heeft hem het hij hoe hun ik in is je kan
        maar me met mij mijn naar niet nog nu of om onder ons ook op over te tot uit voor was wat we wel werd
        wie wij wordt zal ze zich zij zijn zo
    """,
    "cyrillic": """
        а без бы был была было были быть в вам вас во вот все всё вы где да для до его ее её если есть еще ещё же за и
        из или им их й к как ко когда кто ли мне мой мы на над нас не него нет но ну о об он она они оно от по под при с
        со так также там то только ты у уже что чтобы это эта этот эти я і та це що як
    """,
    "greek": """
        από αν αυτή αυτό αυτός για δεν εγώ είναι εμείς ένα ένας έχει η ή θα και κι μας με μέσα μη μια μου να ο οι όπως
        όταν ότι που προς σαν σας σε στα στη στην στο στον στους τα τη την της τι τις το τον του τους των ως
    """,
    "arabic": """
        أن أنا أو إلا إلى إن التي الذي ال أي بعد بين تم ثم حتى على عن عند في قد كان كل لا لم له ما
        مع من هذا هذه هل هو هي و يا
    """,
    "korean": "이 그 저 것 수 등 및 더 또 안 못 때 곳 중 내 제 네",
    "hebrew": "אבל או אותו את אתה אין אל אם אני הוא היא היה זה זאת יש כי כל לא מה מי על עם רק של גם",
    "devanagari": """
        और एक का की के को में से है हैं था थी थे पर ने यह ये वह वे हो कर भी
        नहीं तो जो इस उस या अपने लिए
    """,
}
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS["english"].split()) - {"can"}
"""English words that say nothing of what a picture shows, whatever stands around them; a can may be one of milk."""
STOP_WORDS = frozenset(word for text in (_FILLERS, *_FUNCTION_WORDS.values()) for word in text.split())
"""Words that say nothing of what a picture shows, in any language; none that names a thing in another: not the German
"hat", the Dutch "meer" and "van", the Italian "dove"."""
_SCRIPTS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNSPACED = re.compile(f"[{_SCRIPTS}]+")
# neither may look for its end from every letter anew: a caption may be a single run of a million
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s{_SCRIPTS}]+|(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<!\w)@[\w.]+")
_TAG = re.compile(r"[#＃][\w·]+")
_MARKUP = re.compile(r"<[^<>\n]{1,200}>")
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_SIGN = re.compile(r"[^\w\s]+")
_HIDDEN = re.compile("[\u00ad\u034f\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""What is not seen and parts nothing: soft hyphens, directions of writing, marks at the beginning of files."""
_JOINERS = "\u200c\u200d"
_OPTIONAL = re.compile(
    f"[{_JOINERS}\ufe00-\ufe0f\u0640\u064b-\u0652\u0670\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
)
"""What the same word is written with and without: joiners, variants of signs, vowels of Arabic and Hebrew."""
_LETTER = "ʹ"
"""A letter that is neither large nor small."""


def sentence(text: str) -> str:
    """A caption for people and for encoders of whole phrases: on one line, links and mentions left out, tags as words.

    Examples
    --------
    >>> sentence("Sunset   at the pier #goldenHour #sea_side https://example.org/x @me")
    'Sunset at the pier golden Hour sea side'
    """
    plain = unicodedata.normalize("NFKC", _HIDDEN.sub("", text))
    plain = _MENTION.sub(" ", _LINK.sub(" ", _MARKUP.sub(" ", plain)))
    plain = _replaced(_TAG, lambda tag: f" {_humped(tag[1:]).replace('_', ' ')} ", plain)
    return " ".join("".join(c if c.isprintable() or c in _JOINERS else " " for c in plain).split())


def words(text: str) -> list[str]:
    """The words of a caption that say something, in small letters, in their order, `MOST_WORDS` at most.

    Examples
    --------
    >>> words("RT The #redPanda sleeps in its tree!")
    ['red', 'panda', 'sleeps', 'tree']
    >>> words("Ночь над рекой")
    ['ночь', 'рекой']
    >>> words("夕焼けの海")
    ['夕焼', '焼け', 'けの', 'の海']
    >>> words("नदी के किनारे")
    ['नदी', 'किनारे']
    """
    # the small letter of the Turkish İ is an i with a dot above it, and people write a plain one
    plain = _OPTIONAL.sub("", sentence(text)).casefold().replace("i\u0307", "i")
    told: list[str] = []
    for word in matches(_WORD, plain):
        told += _parted(word.replace("’", "'").removesuffix("'s").replace("'", ""))
        if len(told) >= MOST_WORDS:
            break
    return told[:MOST_WORDS]


def says_something(text: str) -> bool:
    """Whether anything is left of a caption when it is cleaned."""
    return bool(words(text))


def of_name(name: str) -> str:
    """What the name of a file or folder says: its words, without numbers and marks of cameras; "" where none is left.

    Examples
    --------
    >>> of_name("DSC_0123-old_harbour.jpg")
    'old harbour'
    """
    # some systems write accents apart from their letters
    stem = unicodedata.normalize("NFC", name.rpartition(".")[0] or name)
    plain = _replaced(_SIGN, lambda sign: " ", _HIDDEN.sub("", stem))
    said = [word for word in _humped(plain).replace("_", " ").split() if words(word)]
    return " ".join(word for word in said if not word.isdigit())


def joined(texts: Sequence[str]) -> str:
    """Several texts of a picture as one, each once, and none whose words another holds already.

    Of more than `MOST_WORDS` the others are left out: each says a word at least.
    """
    plain = list(dict.fromkeys(filter(None, map(sentence, texts))))[:MOST_WORDS]
    folded = [text.casefold() for text in plain]
    kept = [
        text
        for at, text in enumerate(plain)
        if not any(_holds(other, folded[at]) for place, other in enumerate(folded) if place != at)
    ]
    return ". ".join(text.rstrip(" .") for text in kept)


def _holds(text: str, part: str) -> bool:
    """Whether a text holds another that begins and ends where words do: a carpet holds no car."""
    at = text.find(part)
    while at >= 0:
        end = at + len(part)
        if not (_goes_on(text[at - 1 : at], part[0]) or _goes_on(part[-1], text[end : end + 1])):
            return True
        at = text.find(part, at + 1)
    return False


def _goes_on(one: str, other: str) -> bool:
    """Whether two characters are of one word."""
    return bool(_WORD.fullmatch(_lettered(one + other)) and one and other and not _UNSPACED.search(one + other))


def _lettered(text: str) -> str:
    """A text as long, with letters in the place of marks on letters, which expressions take for the end of a word."""
    if text.isascii():
        return text
    return "".join(_LETTER if unicodedata.category(c) in ("Mn", "Mc") else c for c in text)


def matches(sought: re.Pattern[str], text: str) -> list[str]:
    """All that an expression finds in a text, where marks on letters count as letters."""
    return [text[slice(*match.span())] for match in sought.finditer(_lettered(text))]


def _replaced(sought: re.Pattern[str], by: Callable[[str], str], text: str) -> str:
    """A text with something else in the place of what is found, where marks count as letters."""
    found, at = [], 0
    for match in sought.finditer(_lettered(text)):
        found += [text[at : match.start()], by(text[slice(*match.span())])]
        at = match.end()
    return "".join(found) + text[at:]


def _humped(text: str) -> str:
    """Words that are written together, by capitals or numbers, apart."""
    return _replaced(_HUMP, lambda between: " ", text)


def _parted(word: str) -> list[str]:
    """A run of letters as words: what has no spaces between words as pairs of characters."""
    found: list[str] = []
    at = 0
    for run in _UNSPACED.finditer(word):
        found += _kept(word[at : run.start()])
        text = run[0]
        found += [text[place : place + 2] for place in range(len(text) - 1)] or [text]
        at = run.end()
    return found + _kept(word[at:])


def _kept(word: str) -> list[str]:
    long_enough = SHORTEST <= len(word) <= LONGEST or (len(word) == 1 and "가" <= word <= "힣")
    return [word] if long_enough and not word.isdigit() and word not in STOP_WORDS else []
