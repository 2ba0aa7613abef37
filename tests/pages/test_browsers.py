"""A browser that hangs is ended, and the next test has another."""

import pytest

from tests.pages.browsers import close, ended_after
from tests.pages.conftest import ARGUMENTS

pytestmark = pytest.mark.browser


def test_a_browser_that_answers_no_more_is_ended_and_another_begun(playwright, browser):
    from playwright.sync_api import Error

    own = playwright(ARGUMENTS)
    page = own.new_page()
    with ended_after(1), pytest.raises(Error, match="closed"):
        page.evaluate("new Promise(() => {})")
    close(page)  # it is gone, and that is no fault
    for one in (own, browser):  # whichever of them it was that hung, all of this process are ended
        page = one.new_page()
        assert page.evaluate("1 + 1") == 2
        close(page)
    own.close()
