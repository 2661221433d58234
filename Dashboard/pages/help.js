// What the marks mean, the keys, the API's own documents, and the version.
import { defineComponent, h } from "../vendor/vue.js";
import { health } from "../api/endpoints.js";
import { standingBadge } from "../components/badge.js";
import { icon } from "../components/icon.js";
import { useLoad } from "../components/load.js";

/** @type {[import("../level.js").Standing, string][]} */
const meanings = [
  ["ERROR", "It could not be read several times in a row. The last numbers are kept, and marked."],
  [
    "CRITICAL",
    "A long queue that is not dialled, a full partner with a queue, or far more campaigns than the limit can serve.",
  ],
  ["HIGH", "A queue grows while the partner has room, or many campaigns share a small limit."],
  ["STALE", "The last reading is older than three intervals. Never take its numbers for fresh."],
  ["MEDIUM", "Utilization is at or above the threshold, or a queue or the campaigns are on their way there."],
  ["NORMAL", "It dials as it should."],
  ["IDLE", "No running campaign, no active and no queued call."],
  ["OFF", "Not read, and left out of all totals, until it is activated."],
];

const numbers = [
  ["Partner", "A platform that makes calls: its database is read, directly or through SSH."],
  ["Limit", "How many calls a partner may make at the same time. Changed here, it is written to the partner itself."],
  ["Active, queued", "Calls in progress, and calls that wait for one to end."],
  ["Utilization", "Active calls as a share of the limit."],
  ["Remaining", "Contacts of running campaigns still to be called."],
  ["Pause", "Only priority campaigns dial until it is taken back."],
  ["Sync", "One visit at a partner: its numbers are read, and changes that wait are written."],
  ["Pending", "A change that the partner has not confirmed yet. It is tried again until it has."],
];

const documents = [
  ["/docs", "Try it out", "Swagger UI"],
  ["/redoc", "Read it", "ReDoc"],
  ["/openapi.json", "Feed it to tools", "OpenAPI 3.1"],
];

const licences = new URL("../third-party.txt", import.meta.url).pathname;

/** @type {[string[], string][]} */
const keys = [
  [["Ctrl K", "⌘ K"], "Go to a partner or page, sync, change a limit"],
  [["Tab"], "Everything can be reached and done by keyboard"],
  [["←", "→"], "Move the cross-hair of a chart that has the focus"],
  [["Esc"], "Close a dialog"],
];

export default defineComponent({
  name: "HelpPage",
  setup() {
    const about = useLoad(health);
    about.load();
    return () => [
      h("div", { class: "page-head" }, [h("h1", "Help")]),
      h("div", { class: "help-grid" }, [
        h("div", { class: "help-column" }, [
          card(
            "What the marks mean",
            facts(meanings.map(([standing, text]) => [[standingBadge(standing)], text])),
          ),
          card(
            "What the numbers mean",
            facts(numbers),
          ),
        ]),
        h("div", { class: "help-column" }, [
          card(
            "Keys",
            facts(keys.map(([names, text]) => [names.map((name) => h("kbd", { key: name }, name)), text])),
          ),
          card(
            "The API",
            h(
              "ul",
              { class: "link-list" },
              documents.map(([href, title, what]) =>
                h("li", { key: href }, [
                  h("a", { href, target: "_blank", rel: "noopener" }, [title, icon("external-link")]),
                  h("span", { class: "quiet" }, `${what}, ${href}`),
                ])
              ),
            ),
          ),
          card(
            "On a wall",
            h("p", { class: "prose" }, [
              h("span", [
                "Open ",
                h("a", { href: "/?wall=1" }, "the wall screen"),
                ": large type for across the room, nothing to click.",
              ]),
            ]),
          ),
          card(
            "About",
            [
              h(
                "p",
                about.value?.version
                  ? `JobTalk Admin ${about.value.version}`
                  : about.error
                  ? "The server's version could not be read."
                  : "JobTalk Admin",
              ),
              h("p", { class: "prose" }, [
                h("span", [
                  "Made with Vue, uPlot, Inter and Lucide; ",
                  h("a", { href: licences, target: "_blank", rel: "noopener" }, "their licences"),
                  ".",
                ]),
              ]),
            ],
          ),
        ]),
      ]),
    ];
  },
});

/** @param {any[][]} rows what is explained, and how */
const facts = (rows) =>
  h(
    "dl",
    { class: "facts" },
    rows.flatMap(([name, text]) => [h("dt", { key: `${text}-name` }, name), h("dd", { key: text }, text)]),
  );

/**
 * @param {string} title
 * @param {any} content
 */
const card = (title, content) =>
  h("section", { key: title, class: "card stack", "aria-label": title }, [h("h2", title), content]);
