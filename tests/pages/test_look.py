"""Every page in both themes, on a desk and on a phone: nothing overflows, nothing complains, words can be read."""

import pytest

pytestmark = pytest.mark.browser

PAGES = ("/", "/images/{id}", "/ranked/{id}", "/clusters", "/clusters?count=2", "/jobs", "/about")
CONTRAST = """() => {
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest('.unseen, .tile, title')) continue;
    let ground = element;
    while (ground && parse(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
    const ink = light(parse(getComputedStyle(element).color));
    const under = light(parse(getComputedStyle(ground ?? document.body).backgroundColor));
    const ratio = (Math.max(ink, under) + 0.05) / (Math.min(ink, under) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.className} ${text.slice(0, 40)}`);
  }
  return found;
}"""
UNNAMED = """() => [...document.querySelectorAll('a, button, input, img, [role="img"]')]
  .filter((one) => one.checkVisibility())
  .filter((one) => {
    if (one.tagName === 'IMG') return !one.hasAttribute('alt');
    const inside = [...one.querySelectorAll('img')].map((image) => image.alt).join('');
    return !(one.ariaLabel || one.title || one.textContent.trim() || inside || one.labels?.length);
  })
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_no_page_overflows_and_all_text_can_be_read(site, open_page, scheme, width):
    page = open_page(site.url + "/", width=width, scheme=scheme)
    for address in PAGES:
        page.goto(site.url + address.format(id=site.ids[0]), wait_until="load")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} is {wide} px wide"
        assert page.evaluate(CONTRAST) == [], address
        assert page.evaluate(UNNAMED) == [], address


def test_grey_theme_can_be_read_too(site, open_page):
    page = open_page(site.url + "/")
    page.evaluate("localStorage.setItem('leitmotiv.theme', 'grey')")
    page.goto(f"{site.url}/images/{site.ids[0]}")
    assert page.evaluate("document.documentElement.dataset.theme") == "grey"
    assert page.evaluate(CONTRAST) == []


def test_the_theme_stays_and_is_set_before_the_first_paint(site, open_page):
    page = open_page(site.url + "/", scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(243, 243, 243)"
    page.keyboard.press("t")
    grey = page.evaluate(ground)
    page.keyboard.press("t")
    assert page.evaluate(ground) == "rgb(24, 24, 24)"
    assert grey not in ("rgb(24, 24, 24)", "rgb(243, 243, 243)")
    page.route("**/frame.js*", lambda route: route.abort())
    page.route("**/pictures.js*", lambda route: route.abort())
    fresh = page.context.new_page()
    fresh.route("**/*.js*", lambda route: route.continue_() if "theme.js" in route.request.url else route.abort())
    fresh.goto(site.url + "/")
    assert fresh.evaluate(ground) == "rgb(24, 24, 24)"


def test_a_phone_has_its_places_at_the_foot(site, open_page):
    page = open_page(site.url + "/", width=390, height=844)
    tabs = page.locator(".tabs")
    assert tabs.is_visible()
    assert not page.locator(".nav").is_visible()
    tabs.get_by_text("Trends").click()
    page.wait_for_url("**/clusters")
    assert page.locator(".tabs [aria-current]").inner_text() == "Trends"


def test_landmarks_are_there(site, open_page):
    page = open_page(site.url + "/")
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    assert page.get_by_role("navigation", name="main", exact=True).count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
