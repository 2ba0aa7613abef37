"""What pages and calls of a server cost: the first time after a start, and again, in seconds of processor and of clock.

    python -m benchmarks.walk LIBRARY [--words minilm|wordllama] [--only PART] [--skip PART]

Prints how long the server took until it answered, then for each address the bytes of its answer, the processor time of
the server's process (on Linux) for the first request and for the same one again, of pages about a picture those of
others, and the latter's time on the clock;
at the end the memory of the process, and how much of it is its own rather than mapped from files that other workers
map, too. What is asked again is the mean of five times. What is busy beside it lengthens the clock more than the
processor time.
"""

import argparse
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from json import loads
from pathlib import Path

from benchmarks.search_server import address

AGAIN = 5
ASKED = (
    *("/", "/?q=camera:canon", "/?sort=name", "/?q=year:2020", "/?start={far}"),
    *("/api/v1/grid", "/api/v1/grid?q=year:2020", "/api/v1/grid/columns?start={far}", "/api/v1/grid/places?ids={one}"),
    *("/api/v1/grid/rows?start={far}&count=100", "/api/v1/facets"),
    *("/api/v1/images?limit=200", "/api/v1/images?limit=200&q=camera:canon", "/api/v1/days", "/api/v1/status"),
    *("/images/{one}", "/api/v1/images/{one}", "/api/v1/images/{one}/similar", "/ranked/{one}"),
    *("/ranked/{one}?from=50", "/why/{one}/{other}"),
    *("/thumb/{one}/256.jpg", "/clusters", "/clusters/0", "/clusters/alone", "/clusters/time", "/api/v1/clusters/0"),
    *("/keepers", "/compare", "/diverse", "/duplicates", "/selections", "/slideshow", "/boards", "/critic", "/export"),
    *("/api/v1/search?q=lighthouse", "/api/v1/search?q=castle+-+dog", "/search?q=old+boat", "/search?q=colour:teal"),
    *("/map", "/api/v1/map", "/api/v1/map/columns.bin?only=look-x,look-y,trend,red,green,blue,shape,flags"),
    *("/api/v1/map/columns.bin", "/api/v1/map/pictures?id={one}", "/api/v1/map/ids.bin", "/about"),
)


def get(url: str) -> tuple[int, int]:
    """The status and the bytes of an answer."""
    try:
        with urllib.request.urlopen(url, timeout=600) as answer:
            return answer.status, len(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, len(error.read())


def work(pid: int) -> float:
    """Milliseconds of processor time of a process so far, in steps of the system's clock."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1e3 * (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def cost(urls: Sequence[str], pid: int) -> tuple[float, float, int, int]:
    """Milliseconds of the processor and of the clock, means over addresses, the last status and bytes."""
    worked, began, status, size = work(pid), time.perf_counter(), 0, 0
    for url in urls:
        status, size = get(url)
    return (work(pid) - worked) / len(urls), 1e3 * (time.perf_counter() - began) / len(urls), status, size


def memory(pid: int) -> tuple[float, float]:
    """Megabytes of a process: all that is resident, and what is its own."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    resident, own = (int(told[name].split()[0]) / 1e3 for name in ("VmRSS", "RssAnon"))
    return resident, own


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("--words", default="auto")
    parser.add_argument("--only", default="", help="addresses that hold this")
    parser.add_argument("--skip", default="", help="but not those that hold this")
    chosen = parser.parse_args()
    command = [sys.executable, "-m", "leitmotiv", "serve", "--library", chosen.library, "--port", "0", "--json"]
    environment = {**os.environ, "LEITMOTIV_WORDS": chosen.words}
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            url, pid = address(server), server.pid
            while get(f"{url}/static/style.css")[0] != 200:
                time.sleep(0.02)
            print(
                f"answers after {time.perf_counter() - began:.2f} s, {work(pid) / 1e3:.2f} s of processor", flush=True
            )
            with urllib.request.urlopen(f"{url}/api/v1/images?limit=20") as answer:
                page = loads(answer.read())
            with urllib.request.urlopen(f"{url}/api/v1/status") as answer:
                far = loads(answer.read())["images"] // 2
            ids = [one["id"] for one in page["images"]]
            for path in ASKED:
                if chosen.only in path and not (chosen.skip and chosen.skip in path):
                    one, *others = (url + path.format(one=one, other=ids[-1], far=far) for one in ids[: AGAIN + 1])
                    first, _, status, size = cost([one], pid)
                    again = cost(others, pid)
                    name = path.replace("{one}", "<id>").replace("{other}", "<id>").replace("{far}", "<middle>")
                    print(
                        f"{name:40}{status:4}{size:12,} B{first:9,.0f} ms, again {again[0]:6,.0f} ms, "
                        f"clock {again[1]:7,.0f} ms",
                        flush=True,
                    )
            whole, own = memory(pid)
            print(f"memory {whole:,.0f} MB, {own:,.0f} MB of it the process's own")
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
