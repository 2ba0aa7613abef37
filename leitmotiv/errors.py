"""Names for what can go wrong, one for each thing a person can do about it; nothing here handles anything."""


class LeitmotivError(Exception):
    """A failure with a known cause; its text names the value, the cause and the next step.

    Attributes
    ----------
    exit_code : int
        What the command line ends with.
    """

    exit_code = 6


class UsageError(LeitmotivError):
    """An argument that cannot be used as it is."""

    exit_code = 2


class QueryError(UsageError):
    """A search that cannot be read.

    Parameters
    ----------
    text : str
        What is wrong, and what would be right; `said` without the place.
    at, until : int
        Where, as places in the line.
    """

    def __init__(self, text: str, at: int, until: int) -> None:
        super().__init__(f"{text} (At character {at + 1} of the search.)")
        self.said = text
        self.at = at
        self.until = until

    def __reduce__(self) -> tuple[type, tuple[str, int, int]]:
        return type(self), (self.said, self.at, self.until)


class ImageReadError(LeitmotivError):
    """A file that could not be turned into pixels; the others go on.

    Parameters
    ----------
    path : str
        The file, printable.
    reason : str
        The cause in a few words, without the path: "it is empty (0 bytes)".
    """

    exit_code = 3

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.path, self.reason)


class ImageNotFoundError(LeitmotivError):
    """No image of the library has this id or path."""

    exit_code = 1


class AmbiguousImageError(LeitmotivError):
    """An id prefix that more than one image has."""

    exit_code = 2


class NoIndexError(LeitmotivError):
    """The library has images, but no index yet."""

    exit_code = 1


class UnfoundError(NoIndexError):
    """Trends that a job has to find first; the library itself has an index."""


class NoActivationsError(NoIndexError):
    """The backbone has not seen the pictures yet."""


class NoMapError(NoIndexError):
    """The pictures have no places on the map yet."""


class EmptyLibraryError(LeitmotivError):
    """The library holds no image yet."""

    exit_code = 1


class MissingExtraError(LeitmotivError):
    """An optional package or a weights file is not installed; the text names the pip extra."""

    exit_code = 4


class NotALibraryError(LeitmotivError):
    """A folder that is no library, and where none may be made."""

    exit_code = 2


class LibraryLockedError(LeitmotivError):
    """Another process writes to the library."""

    exit_code = 5


class DatabaseAwayError(LeitmotivError):
    """The server that keeps the library's database does not answer, or said goodbye."""


class StorageAwayError(LeitmotivError):
    """The storage that keeps the library's derived arrays does not answer."""


class LibraryTooNewError(LeitmotivError):
    """The library was written by a newer leitmotiv."""

    exit_code = 5


class LibraryDamagedError(LeitmotivError):
    """A file of the library is not what it should be."""


class DiskFullError(LeitmotivError):
    """No space is left where the library lies."""


class PermissionDeniedError(LeitmotivError):
    """The system refuses access to a file or folder."""


class FolderNotAllowedError(LeitmotivError):
    """A page named a folder that the person did not allow."""

    exit_code = 2


class NotFoundError(LeitmotivError):
    """Something other than a picture that the library does not have: a job, a selection, a trend."""

    exit_code = 1


class BoardChangedError(LeitmotivError):
    """A board was changed elsewhere since whoever asks saw it last; nothing is overwritten."""


class TooManyStreamsError(LeitmotivError):
    """Too many pages listen for events at one time; asking now and then goes on."""


class PortInUseError(LeitmotivError):
    """No port near the one asked for is free."""


class SettingsError(LeitmotivError):
    """A setting that cannot be used; the text names it and where it came from."""

    exit_code = 2


class ExecutorError(LeitmotivError):
    """The cluster that was to work is not there, or its workers are not as they must be."""


class JobFailedError(LeitmotivError):
    """Work in a child process ended without a result."""


class CompilingError(LeitmotivError):
    """The mathematics is still being compiled on this machine; later it will not be."""


class CavFileError(LeitmotivError):
    """A .cav file, or what it says, that cannot be used; it is left as it is."""

    exit_code = 2


class CavTypeError(CavFileError, TypeError):
    """A .cav file that is no map, or whose values have other types than they must."""


class CavKeyError(CavFileError, KeyError):
    """A .cav file without an entry that it must have."""

    # KeyError shows its text in quotes, as if it were only the key.
    __str__ = LeitmotivError.__str__


class LayerError(LeitmotivError, ValueError):
    """A concept of a layer that cannot be seen here: of another network, or one that is not stored of every picture."""

    exit_code = 2


class BoardError(LeitmotivError):
    """A board from which nothing can be learnt as it is: the text says what it lacks."""

    exit_code = 2


class RatingsError(LeitmotivError):
    """Ratings from which nothing can be taken as they are: a file of another form, a vote off its scale."""

    exit_code = 2


class SpaceError(LeitmotivError):
    """A space of words and pictures that cannot be learnt, read or used as it is; the text says what it lacks."""

    exit_code = 2


class CriticError(LeitmotivError):
    """A critic that cannot be trained, read or used as it is; the text says what it lacks."""

    exit_code = 2


class EyesError(LeitmotivError):
    """Eyes that cannot be made, read or used as they are: too few pictures, a card that does not fit its parts."""

    exit_code = 2
