"""What the page costs the browser with 1 000 partners that are read every five seconds, in headless Chromium."""
import bisect
import os
import shutil
import statistics
import sys
import time
from collections import Counter

import servers

# Scripts/setup installs the packages of the tests in Python here, for Debian's own.
sys.path.append(str(servers.ROOT / ".vendor" / sys.implementation.cache_tag))

from throughput import await_snapshots  # noqa: E402

PARTNERS = 1000
WINDOW = {"width": 1440, "height": 900}
VISITS = 7
# About as fast as a hand turns a wheel: 60 pixels every sixtieth of a second.
SCROLL_SECONDS, SCROLL_STEP = 15, 60

# Work of the main thread that holds a frame up. Painting is not among it: the compositor does that.
WORK = {
    "EvaluateScript", "EventDispatch", "FireAnimationFrame", "FunctionCall", "Layout", "MajorGC", "MinorGC", "RunMicrotasks",
    "TimerFire", "UpdateLayoutTree",
}

# The moment when the partners are there and the main thread has nothing left to do, in milliseconds after the address
# was entered.
INTERACTIVE = """() => new Promise((resolve) => {
    const idle = () => requestIdleCallback(() => resolve(performance.now()));
    const look = () => document.querySelector("main table a") ? (watcher.disconnect(), requestAnimationFrame(idle)) : null;
    const watcher = new MutationObserver(look);
    watcher.observe(document, {childList: true, subtree: true});
    look();
})"""


def measure():
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        sys.exit("no Chromium: apt-get install chromium, or name one in CHROMIUM")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with servers.jobtalk("--demo", "--demo-partners", PARTNERS, password="Admin@2024") as server:
        server.call("PUT", "/api/settings", {"refreshInterval": 5, "concurrentPartnerLimit": 64})
        await_snapshots(server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=arguments)
            print(f"\n## Page, {PARTNERS} partners read every 5 s, Chromium {browser.version} ({servers.machine()})\n")
            print("| | |\n| --- | ---: |")
            first_views(browser, server)
            scrolling(browser, server)
            browser.close()


def first_views(browser, server):
    """Whoever is signed in enters the address, with nothing in the browser's cache."""
    times, sizes = zip(*(first_view(browser, server) for _ in range(VISITS)))
    print(f"| interactive after the address was entered, median of {VISITS} | {statistics.median(times):.0f} ms |")
    titles = {"files": "first view, files", "answers": "first view, answers of the API", "stream": "changes meanwhile"}
    for kind, title in titles.items():
        print(f"| {title} | {statistics.median(size.get(kind, 0) for size in sizes) / 1000:.0f} kB over the wire |")


def first_view(browser, server):
    page = signed_in(browser, server)
    devtools = page.context.new_cdp_session(page)
    kinds, sizes = {}, Counter()
    devtools.on("Network.requestWillBeSent", lambda event: kinds.update(
        {event["requestId"]: kind_of(event["request"]["url"])}))
    devtools.on("Network.responseReceived", lambda event: sizes.update(
        {kinds[event["requestId"]]: event["response"]["encodedDataLength"]}))
    devtools.on("Network.dataReceived", lambda event: sizes.update({kinds[event["requestId"]]: event["encodedDataLength"]}))
    devtools.send("Network.enable")
    page.goto(server.url, wait_until="commit")
    interactive = page.evaluate(INTERACTIVE)
    seen = dict(sizes)
    page.context.close()
    return interactive, seen


def kind_of(url):
    if "/api/dashboard/stream" in url:
        return "stream"
    return "answers" if "/api/" in url else "files"


def scrolling(browser, server):
    page = signed_in(browser, server)
    page.goto(server.url)
    page.get_by_role("rowheader").first.wait_for()
    frames = traced_frames(page, lambda: scroll(page))
    page.context.close()
    for title, share in {"median": 0.5, "95th percentile": 0.95, "most": 1}.items():
        print(f"| scripting, style and layout of a frame while scrolling, {title} | {percentile(frames, share):.1f} ms |")
    print(f"| frames measured | {len(frames)} |")


def signed_in(browser, server):
    page = browser.new_context(viewport=WINDOW).new_page()
    page.add_init_script(f"sessionStorage.setItem('jobtalk.token', '{server.token}')")
    return page


def scroll(page):
    page.mouse.move(700, 600)
    end = time.monotonic() + SCROLL_SECONDS
    while time.monotonic() < end:
        page.mouse.wheel(0, SCROLL_STEP)
        page.wait_for_timeout(1_000 / 60)


def traced_frames(page, act):
    """Milliseconds that the main thread computed for each frame drawn meanwhile: its own time, whoever else is busy."""
    devtools = page.context.new_cdp_session(page)
    events, ended = [], []
    devtools.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    devtools.on("Tracing.tracingComplete", lambda event: ended.append(event))
    devtools.send("Tracing.start", {
        "transferMode": "ReportEvents", "traceConfig": {"includedCategories": ["devtools.timeline", "v8.execute"]}})
    act()
    devtools.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    return work_by_frame(events)


def work_by_frame(events):
    frames_by_thread = Counter((event["pid"], event["tid"]) for event in events if event["name"] == "FireAnimationFrame")
    thread = frames_by_thread.most_common(1)[0][0]
    own = [event for event in events if (event["pid"], event["tid"]) == thread]
    # A frame is all that was done since the one before: also what came in from the stream meanwhile.
    ends = sorted(event["ts"] for event in own if event["name"] == "Layerize")
    spent, until = Counter(), 0
    for event in sorted((event for event in own if is_work(event)), key=lambda event: event["ts"]):
        # What happens inside something else is counted with it.
        if event["ts"] >= until:
            until = event["ts"] + event["dur"]
            spent[bisect.bisect_left(ends, event["ts"])] += event.get("tdur", event["dur"])
    return [spent[index] / 1_000 for index in range(len(ends))]


def is_work(event):
    return event.get("ph") == "X" and event["name"] in WORK


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
