// The command palette (Ctrl/Cmd-K): go to a page or partner, sync, change a limit.
import { computed, defineComponent, h, nextTick, onMounted, shallowRef, watch } from "../vendor/vue.js";
import { isAdmin } from "../api/session.js";
import { routes } from "../routes.js";
import { navigate } from "../router.js";
import { refreshAll } from "../live/refresh.js";
import { syncPartner } from "../live/edits.js";
import { partnerList } from "../live/store.js";
import { setTheme, themes } from "../themes.js";
import { Dialog } from "./dialog.js";
import { icon } from "./icon.js";

/** @typedef {{key: string, label: string, kind: string, icon: string, run: () => void}} Command */

const most = 12;

export const Palette = defineComponent({
  name: "Palette",
  emits: ["close", "limit"],
  setup(_, { emit }) {
    const text = shallowRef("");
    const chosen = shallowRef(0);
    const input = shallowRef(/** @type {HTMLInputElement | null} */ (null));
    const found = computed(() => search(text.value, [...pageCommands(), ...partnerCommands(emit)]));
    watch(text, () => (chosen.value = 0));
    onMounted(() => input.value?.focus());

    /** @param {Command | undefined} command @param {() => void} close */
    function run(command, close) {
      if (!command) return;
      close();
      // The dialog gives the focus back first: what the command opens must have it in the end.
      nextTick(command.run);
    }

    /** @param {KeyboardEvent} event @param {() => void} close */
    function press(event, close) {
      const count = found.value.length;
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves && count > 0) {
        event.preventDefault();
        chosen.value = (chosen.value + moves[/** @type {keyof moves} */ (event.key)] + count) % count;
        nextTick(() => document.getElementById(`command-${chosen.value}`)?.scrollIntoView({ block: "nearest" }));
      }
      if (event.key === "Enter") {
        event.preventDefault();
        run(found.value[chosen.value], close);
      }
    }

    return () =>
      h(Dialog, { title: "Commands", kind: "palette", onClose: () => emit("close") }, ({ close }) => [
        h("div", { class: "palette-input" }, [
          icon("search"),
          h("input", {
            ref: input,
            type: "text",
            role: "combobox",
            "aria-expanded": "true",
            "aria-controls": "commands",
            "aria-activedescendant": found.value.length ? `command-${chosen.value}` : undefined,
            "aria-label": "Go to a partner or page, sync, change a limit",
            placeholder: "Go to a partner or page, sync, change a limit…",
            autocomplete: "off",
            spellcheck: "false",
            value: text.value,
            onInput: (/** @type {any} */ event) => (text.value = event.target.value),
            onKeydown: (/** @type {KeyboardEvent} */ event) => press(event, close),
          }),
          h("kbd", "Esc"),
        ]),
        h(
          "ul",
          { id: "commands", role: "listbox", "aria-label": "Commands", tabindex: -1 },
          found.value.map((command, index) =>
            h("li", {
              key: command.key,
              id: `command-${index}`,
              role: "option",
              "aria-selected": index === chosen.value ? "true" : "false",
              onClick: () => run(command, close),
              onMousemove: () => (chosen.value = index),
            }, [icon(command.icon), h("span", command.label), h("span", { class: "quiet" }, command.kind)])
          ),
        ),
        found.value.length === 0 ? h("p", { class: "palette-none", role: "status" }, "Nothing by that name") : null,
      ]);
  },
});

/** @returns {Command[]} */
function pageCommands() {
  const pages = routes.filter(({ icon: name, admin }) => name && (!admin || isAdmin.value)).map((
    { name, title, path, icon: name2 },
  ) => ({
    key: `page-${name}`,
    label: title,
    kind: "Page",
    icon: name2 ?? "",
    run: () => navigate(path),
  }));
  const changes = isAdmin.value
    ? [
      { key: "add", label: "Add partner", kind: "Action", icon: "plus", run: () => navigate("/partners/new") },
      { key: "refresh", label: "Refresh all partners", kind: "Action", icon: "refresh-cw", run: refreshAll },
    ]
    : [];
  const looks = themes.map(({ value, label, icon: name }) => ({
    key: `theme-${value}`,
    label: `Theme: ${label}`,
    kind: "Look",
    icon: name,
    run: () => setTheme(value),
  }));
  return [
    ...pages,
    ...changes,
    { key: "account", label: "Account", kind: "Page", icon: "key-round", run: () => navigate("/account") },
    { key: "wall", label: "Wall screen", kind: "Look", icon: "monitor", run: () => navigate("/?wall=1") },
    ...looks,
  ];
}

/**
 * @param {(event: "limit", partner: any) => void} emit
 * @returns {Command[]}
 */
function partnerCommands(emit) {
  return partnerList.value.flatMap(({ partner }) => {
    const { id, partnerName } = partner;
    const go = {
      key: id,
      label: partnerName,
      kind: "Partner",
      icon: "database",
      run: () => navigate(`/partners/${id}`),
    };
    if (!isAdmin.value) return [go];
    return [
      go,
      {
        key: `sync-${id}`,
        label: `Sync ${partnerName}`,
        kind: "Action",
        icon: "refresh-cw",
        run: () => syncPartner(partner),
      },
      {
        key: `limit-${id}`,
        label: `Change limit of ${partnerName}`,
        kind: "Action",
        icon: "gauge",
        run: () => emit("limit", partner),
      },
    ];
  });
}

/**
 * Every word must occur; a beginning counts more than a middle.
 * @param {string} text
 * @param {Command[]} commands
 */
function search(text, commands) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands.slice(0, most);
  return commands.map((command) => ({ command, score: score(command.label.toLowerCase(), words) }))
    .filter(({ score }) => score > 0).sort((a, b) => b.score - a.score).slice(0, most).map(({ command }) => command);
}

/**
 * @param {string} label
 * @param {string[]} words
 */
function score(label, words) {
  let sum = 0;
  for (const word of words) {
    const at = label.indexOf(word);
    if (at < 0) return 0;
    sum += at === 0 ? 4 : label[at - 1] === " " ? 2 : 1;
  }
  return sum - label.length / 1_000;
}
