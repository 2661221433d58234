// The pages that are in the menu, and how many alerts are open.
import { h } from "../vendor/vue.js";
import { isAdmin } from "../api/session.js";
import { urgentAlerts } from "../live/store.js";
import { link, route } from "../router.js";
import { routes } from "../routes.js";
import { icon } from "./icon.js";

export function pageMenu() {
  const pages = routes.filter(({ icon: name, admin }) => name && (!admin || isAdmin.value));
  const count = urgentAlerts.value?.length ?? 0;
  return h(
    "nav",
    { class: "menu", "aria-label": "Pages" },
    pages.map(({ name, path, title, icon: iconName }) =>
      link(
        path,
        { key: name, class: "menu-item", title, "aria-current": route.at.name === name ? "page" : undefined },
        [
          icon(iconName ?? ""),
          h("span", { class: "menu-label" }, title),
          name === "alerts" && count > 0
            ? h("span", { class: "count" }, [String(count), h("span", { class: "visually-hidden" }, " open")])
            : null,
        ],
      )
    ),
  );
}
