"""`/compare`: two selections beside each other, by the trends that they share or not."""

from collections import Counter
from typing import Any

import numpy as np
from flask import Blueprint, Response, render_template, request

from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.web import parameters, trend_shapes, words
from leitmotiv.web.clusters import MOST
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, comparing, own, selecting
from leitmotiv.workflows.comparing import Comparison, Share, Shared
from leitmotiv.workflows.session import Session

pages = Blueprint("compare", __name__)

OFFERED = 200
"""Folders that the pickers offer: those with most pictures."""


@pages.get("/compare")
def show() -> str | tuple[str, int]:
    """The selections `?a=` and `?b=`; what is picked elsewhere comes as `?q=` and is compared with all others."""
    session = the_session()
    a, b = (request.args.get(name, "").strip() for name in ("a", "b"))
    a = a or request.args.get("q", "").strip()
    found, fault, status = None, "", 200
    if a and b:
        try:
            found = _compared(session, a, b)
        except UsageError as error:
            fault, status = str(error), 400
        except NoIndexError as error:
            return render_template("unindexed.html", text=str(error), total=browse.images(session, limit=1).total)
    page = render_template(
        "compare.html",
        a=a,
        b=b,
        found=found,
        fault=fault,
        offers=offers(session),
        count=parameters.optional_whole("count", 1, MOST),
        largest=max((max(one.a.high, one.b.high) for one in found.trends), default=1.0) if found else 1.0,
        tally=Counter(one.where for one in found.trends) if found else {},
    )
    return page, status


def _compared(session: Session, a: str, b: str) -> Comparison:
    return comparing.compare(session, a, b, count=parameters.optional_whole("count", 1, MOST))


def offers(session: Session) -> list[tuple[str, str, str]]:
    """Lines of filters to choose from, their short names, and what they are: selections, years, folders."""
    years = Counter[str]()
    for day, count in browse.days(session):
        years[day[:4]] += count
    columns = selecting.columns(session)
    counts = np.bincount(columns.folders.codes, minlength=len(columns.folders.values))
    folders = Counter(dict(zip(columns.folders.values, counts.tolist(), strict=True)))
    found = [(f'selection:"{one.name}"', one.name, "a selection of yours") for one in own.selections(session)]
    found += [(f"year:{year}", year, words.pictures(count)) for year, count in sorted(years.items(), reverse=True)]
    named = [(folder, count) for folder, count in folders.most_common(OFFERED) if '"' not in folder]
    found += [
        (f'folder:"{folder}"', "/".join(folder.split("/")[-2:]), words.pictures(count)) for folder, count in named
    ]
    return found


@pages.get("/api/v1/compare")
@describe(
    query={"a": trend_shapes.OF, "b": trend_shapes.OF, "count": trend_shapes.COUNT},
    answer=trend_shapes.COMPARISON,
    errors=(409, 503),
)
def as_json() -> Response:
    """The same as numbers; `difference` is the 95 % interval of the share in b less that in a."""
    a, b = (request.args.get(name, "").strip() for name in ("a", "b"))
    if not a or not b:
        raise UsageError("a and b are both needed: two lines of filters, such as a=year:2023&b=year:2024.")
    found = _compared(the_session(), a, b)
    return tagged(
        {
            "a": dict(vars(found.a)),
            "b": dict(vars(found.b)),
            "in_both": found.in_both,
            "trends": [_form(one) for one in found.trends],
        }
    )


def _form(one: Shared) -> dict[str, Any]:
    return {
        "id": one.group.id,
        "name": one.name,
        "exemplar": one.group.exemplar,
        "where": one.where,
        "a": _share(one.a),
        "b": _share(one.b),
        "difference": {"low": one.low, "high": one.high},
    }


def _share(one: Share) -> dict[str, float]:
    return dict(vars(one))
