"""Fuzz the language of searches, guided by which lines of the reader a text reaches.

    pip install atheris
    python -m benchmarks.fuzz_search [-atheris_runs=200000] [CORPUS]

Whatever is written is read or refused by a `UsageError` that knows its place, and what is read survives its own text.
A fault ends the run and leaves the text beside it. `tests/workflows/test_query.py` does the same with made-up lines.
"""

import sys

import atheris

with atheris.instrument_imports(include=["leitmotiv.workflows"]):
    from leitmotiv.errors import QueryError, UsageError
    from leitmotiv.workflows.query import MOST_TERMS, parse


def read(data: bytes) -> None:
    """One text."""
    text = data.decode("utf-8", "ignore")
    try:
        query = parse(text)
    except UsageError as error:
        if isinstance(error, QueryError) and not 0 <= error.at <= error.until <= len(text):
            raise AssertionError(f"{text!r}: the place is {error.at} to {error.until}") from error
        return
    assert len(query.terms) <= MOST_TERMS
    again = parse(query.text)
    assert again == query, (text, query.text, again.text)
    for at in range(len(query.terms)):
        parse(query.turned(at))
        parse(query.without(at))
        parse(query.weighed(at, 2))


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
