"""The number of threads of products belongs to the process: it comes back whoever asks beside whom."""

import subprocess
import sys

import numpy as np  # noqa: F401 - brings the library of products
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from leitmotiv.analysis.threads import products_on_one, sums_on_one


def now():
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two():
    with threadpool_limits(2, "blas"):
        yield


def test_products_have_their_threads_again_when_holders_overlap():
    first, second = products_on_one(), products_on_one()
    first.__enter__()
    second.__enter__()
    assert now() == {1}
    first.__exit__(None, None, None)
    assert now() == {1}
    second.__exit__(None, None, None)
    assert now() == {2}


def test_sums_that_are_grouped_beside_a_search_leave_its_limit_alone():
    with products_on_one():
        with sums_on_one():
            assert now() == {1}
        assert now() == {1}
    assert now() == {2}


def test_products_have_their_threads_again_after_an_error():
    with pytest.raises(RuntimeError, match="no"), products_on_one(), products_on_one():
        raise RuntimeError("no")
    assert now() == {2}


def test_what_is_loaded_later_is_kept_on_one_thread_too():
    """A process of its own: here all is loaded already."""
    told = """
import numpy
from leitmotiv.analysis.threads import products_on_one, sums_on_one
from threadpoolctl import threadpool_info, threadpool_limits
def now():
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]
with products_on_one():
    pass
import scipy.linalg
threadpool_limits(2, "blas")
with products_on_one():
    print(now())
print(now())
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    during, after = done.stdout.split("\n")[:2]
    assert set(during) & set("123456789") == {"1"}
    assert set(after) & set("123456789") == {"2"}
