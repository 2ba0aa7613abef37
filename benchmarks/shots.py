"""The screenshots of the README and the docs, from a server that shows the 800 sample photos of Caltech 101.

    python benchmarks/shots.py URL [--browser /usr/bin/chromium] [--into docs/shots]

URL is that of `leitmotiv serve`. Needs Playwright and Chromium, as the tests of the pages do.
"""

import argparse
import io
import json
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ARGUMENTS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
"""The map is drawn without a graphics card, too."""
DESK, PHONE = (1200, 800), (390, 844)
SHOTS = (
    ("trends-dark", "/clusters", "dark", DESK, 720),
    ("picture-dark", "/images/{}", "dark", (1200, 1250), 720),
    ("pictures-light", "/", "light", DESK, 720),
    ("ranked-light", "/ranked/{}", "light", DESK, 720),
    ("map-dark", "/map", "dark", DESK, 720),
    ("map-light", "/map?layout=grid", "light", DESK, 720),
    ("trends-phone", "/clusters", "dark", PHONE, 290),
    ("picture-phone", "/images/{}", "light", PHONE, 290),
    ("lightbox-light", "/ranked/{}", "light", DESK, 720),
    ("why-dark", "/why/{}/{}", "dark", (1440, 720), 720),
)
CLICKS = {"lightbox-light": ".nears a.tile >> nth=2"}
"""What is opened before the picture is taken."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--browser", default="/usr/bin/chromium")
    parser.add_argument("--into", type=Path, default=Path("docs/shots"))
    parser.add_argument("--only", nargs="*", help="names of shots; all without it")
    options = parser.parse_args()
    base = options.url.rstrip("/")
    with urllib.request.urlopen(f"{base}/api/v1/clusters") as answer:
        image, other = json.load(answer)["clusters"][2]["members"][:2]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=list(ARGUMENTS))
        for name, path, theme, (width, height), wide in SHOTS:
            if options.only and name not in options.only:
                continue
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            page.goto(base + path.format(image, other), wait_until="networkidle")
            if name in CLICKS:
                page.locator(CLICKS[name]).click()
            page.wait_for_timeout(1500 if "map" not in name else 6000)  # sheets come strip by strip
            shot = Image.open(io.BytesIO(page.screenshot()))
            shot.resize((wide, round(wide * shot.height / shot.width)), Image.Resampling.LANCZOS).save(
                options.into / f"{name}.webp", quality=82, method=6
            )
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
