import threading
import warnings

import pytest

from leitmotiv.imaging.quiet import quiet


def warn_as(module: str) -> None:
    warnings.warn_explicit("w", UserWarning, "file.py", 1, module=module)


def test_warnings_of_decoders_are_ignored_and_those_of_others_are_not() -> None:
    with quiet():
        warn_as("PIL.Image")
        warn_as("tifffile.tifffile")
        with pytest.raises(UserWarning):
            warn_as("leitmotiv.imaging.read")
        with pytest.raises(UserWarning):
            warn_as("PILLOWY")


def test_afterwards_everything_is_as_before() -> None:
    before = list(warnings.filters)
    with quiet(), quiet():
        assert warnings.filters != before
    assert warnings.filters == before
    with pytest.raises(UserWarning):
        warn_as("PIL.Image")


def test_threads_that_overlap_leave_no_filter_behind() -> None:
    before = list(warnings.filters)
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with quiet():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    assert entered.wait(10)
    with quiet():
        leave.set()
        thread.join()
        warn_as("PIL.Image")
    assert warnings.filters == before
