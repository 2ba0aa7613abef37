"""Eyes in a browser: made of a trend, a picture seen through them, and a camera."""

import pytest

from leitmotiv.workflows import browse, eyes, training
from tests.nets import torch_there
from tests.pages.conftest import ARGUMENTS, Watch, until

pytestmark = pytest.mark.browser

CAMERA = (*ARGUMENTS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
REFUSE = """() => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
}"""
PAINTED = """(canvas) => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(data.filter((_, at) => at % 4 === 0)).size;
}"""


@pytest.fixture
def filmed(playwright):
    """A page whose camera is Chromium's own film."""
    watch = Watch()
    browser = playwright(CAMERA)
    context = browser.new_context(viewport={"width": 1200, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    watch.follow(page)
    yield page
    browser.close()
    assert watch.faults == []


def test_eyes_are_made_of_a_trend_and_a_picture_and_a_camera_are_seen_through_them(site, filmed, tmp_path):
    page = filmed
    trend = max(browse.clusters(site.session).clusters, key=lambda one: one.size)
    page.goto(f"{site.url}/clusters/{trend.id}")
    page.get_by_role("link", name="Make eyes").click()
    until(
        page,
        "[...document.querySelectorAll('.kind img')].filter((img) => img.complete && img.naturalWidth).length >= 8",
    )
    page.locator(".kind", has_text="regions").click()
    page.get_by_label("called").fill("One look")
    page.get_by_role("button", name="Make them").click()
    page.wait_for_url("**/eyes/one-look*")
    assert eyes.get(site.session, "one-look").partial.kind == "regions"
    until(page, "[...document.querySelectorAll('.triple img')].filter((img) => img.naturalWidth === 64).length === 3")
    page.get_by_role("link", name="Everything").click()
    until(
        page, "[...document.querySelectorAll('.seen-tile img')].filter((img) => img.naturalWidth === 64).length >= 12"
    )
    page.keyboard.press("v")
    until(page, "document.querySelector('.seen-tile img').currentSrc.includes('/thumb/')")
    page.locator(".seen-tile").first.click()
    page.wait_for_url("**/eyes/one-look?image=*")
    for view, shown in (("Swipe", 2), ("Side by side", 3)):
        page.get_by_role("button", name=view).click()
        assert page.locator(".triple img:visible").count() == shown
    path = tmp_path / "photo.jpg"
    path.write_bytes(site.session.library.images.thumbnail(site.ids[5], 512))
    page.locator("[data-drop]").set_input_files(path)
    until(page, "document.querySelectorAll('.triple canvas').length === 3")
    assert page.locator(".triple canvas[data-part=seen]").evaluate(PAINTED) > 5
    page.get_by_role("link", name="Camera").click()
    page.evaluate(REFUSE)
    page.get_by_role("button", name="Start").click()
    until(page, "!document.querySelector('[data-fault]').hidden")
    assert "told not to let this page use the camera" in page.locator("[data-fault]").inner_text()
    page.reload()
    page.get_by_role("button", name="Start").click()
    until(page, "document.querySelector('[data-pane=first]').dataset.frames >= 3", seconds=60)
    assert page.locator("[data-pane=first] canvas").evaluate(PAINTED) > 5
    page.keyboard.press("f")
    assert page.locator("video").evaluate("(video) => video.paused")
    page.locator("[data-preset]").select_option("classic")
    page.get_by_role("button", name="Stop").click()
    eyes.remove(site.session, "one-look")


def test_eyes_are_trained_from_the_page_and_watched_as_they_learn(site, open_page):
    torch_there.need()
    page = open_page(f"{site.url}/eyes/new?way=network&side=32&name=Learners")
    assert [one.inner_text() for one in page.locator("[name=side] option").all() if one.is_enabled()] == [
        *("32 px", "64 px", "128 px", "256 px")
    ]
    page.locator("[name=loss]").select_option("l1")
    page.locator("[name=width]").select_option("4")
    page.get_by_role("button", name="Make them").click()
    page.wait_for_url("**/eyes/learners")
    assert (
        training.of(site.session, "learners").network.loss,
        training.of(site.session, "learners").network.width,
    ) == (*("l1", 4),)
    assert "Waiting for its turn" in page.locator("[data-begun]").inner_text()
    # what the queue's worker does, a few steps of it
    training.go_on(site.session, "learners", steps=10)
    until(page, "document.querySelector('[data-sample]')?.naturalWidth === 96", seconds=30)
    assert "step 10" in page.locator("[data-course]").inner_text()
    until(page, "document.querySelector('.triple [data-part=seen]').naturalWidth === 32")
    assert "these eyes" in page.locator(".eyes-figures").inner_text()
    page.get_by_role("button", name="Stop, I like it").click()
    until(page, "!document.querySelector('[data-job]')")
    assert next(job for job in browse.jobs(site.session) if job.kind == "eyes").state == "stopped"
    eyes.remove(site.session, "learners")
