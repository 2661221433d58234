// Every page, in reading order: its address, its title, where its code is, and who finds it in the menu.

/**
 * @typedef {object} Page
 * @property {string} name
 * @property {string} path `:id` stands for one part of the address
 * @property {string} title
 * @property {string} [icon] in the menu, if it is there
 * @property {boolean} [admin] only for the role ADMIN
 * @property {string[]} [styles] beyond those of the first view, which index.html names
 * @property {() => Promise<{default: any}>} load
 */

/** @type {Page[]} */
export const routes = [
  {
    name: "overview",
    path: "/",
    title: "Overview",
    icon: "layout-dashboard",
    load: () => import("./pages/overview.js"),
  },
  {
    name: "statistics",
    path: "/statistics",
    title: "Statistics",
    icon: "chart-column",
    styles: ["charts", "pages/statistics"],
    load: () => import("./pages/statistics.js"),
  },
  { name: "alerts", path: "/alerts", title: "Alerts", icon: "bell", load: () => import("./pages/alerts.js") },
  {
    name: "partner-add",
    path: "/partners/new",
    title: "Add partner",
    admin: true,
    styles: ["forms", "test-report"],
    load: () => import("./pages/partner-form.js"),
  },
  {
    name: "partner",
    path: "/partners/:id",
    title: "Partner",
    styles: ["charts", "test-report", "pages/partner"],
    load: () => import("./pages/partner.js"),
  },
  {
    name: "partner-edit",
    path: "/partners/:id/edit",
    title: "Edit partner",
    admin: true,
    styles: ["forms", "test-report"],
    load: () => import("./pages/partner-form.js"),
  },
  {
    name: "settings",
    path: "/settings",
    title: "Settings",
    icon: "settings",
    styles: ["forms"],
    load: () => import("./pages/settings.js"),
  },
  { name: "users", path: "/users", title: "Users", icon: "users", admin: true, load: () => import("./pages/users.js") },
  { name: "account", path: "/account", title: "Account", styles: ["forms"], load: () => import("./pages/account.js") },
  {
    name: "help",
    path: "/help",
    title: "Help",
    icon: "circle-question-mark",
    styles: ["pages/help"],
    load: () => import("./pages/help.js"),
  },
  {
    name: "sign-in",
    path: "/sign-in",
    title: "Sign in",
    styles: ["pages/sign-in"],
    load: () => import("./pages/sign-in.js"),
  },
  { name: "missing", path: "*", title: "Not found", load: () => import("./pages/missing.js") },
];
