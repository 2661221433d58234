// Who may sign in: only for the role ADMIN.
/** @import {User} from "../types/api.d.ts" */
import { defineComponent, h, shallowRef } from "../vendor/vue.js";
import { adminOnly, isAdmin, session } from "../api/session.js";
import { users } from "../api/endpoints.js";
import { badge } from "../components/badge.js";
import { Confirm } from "../components/confirm.js";
import { DataTable } from "../components/data-table.js";
import { icon } from "../components/icon.js";
import { useLoad } from "../components/load.js";
import { empty, failure, skeleton } from "../components/placeholders.js";
import { TimeAgo } from "../components/time-ago.js";
import { toast, toastError } from "../components/toast.js";
import { UserDialog } from "./users-dialog.js";

export default defineComponent({
  name: "UsersPage",
  setup() {
    const list = useLoad(users.list);
    /** `{}` adds one. */
    const editing = shallowRef(/** @type {Partial<User> | null} */ (null));
    const removing = shallowRef(/** @type {User | null} */ (null));
    if (isAdmin.value) list.load();
    const columns = userColumns((user) => (editing.value = user), (user) => (removing.value = user));

    /** @param {User} user */
    async function remove(user) {
      try {
        await users.remove(user.id);
        toast(`${user.username} was deleted`);
      } catch (error) {
        toastError(`${user.username} was not deleted`, error);
      }
      list.load();
    }

    const table = () => {
      if (list.error) return failure(list.error, list.load);
      if (!list.value) return skeleton(4);
      return h("div", { class: "table-frame" }, [
        h(DataTable, {
          caption: "Users",
          columns,
          rows: list.value,
          rowKey: (/** @type {User} */ { id }) => id,
          cardHeight: 190,
        }),
      ]);
    };

    return () => {
      if (!isAdmin.value) return [h("h1", "Users"), empty("ban", "Not for this role", adminOnly)];
      const user = removing.value;
      return [
        h("div", { class: "page-head" }, [
          h("h1", "Users"),
          h("button", { type: "button", class: "button primary", onClick: () => (editing.value = {}) }, [
            icon("user-plus"),
            "Add user",
          ]),
        ]),
        table(),
        h(
          "p",
          { class: "quiet" },
          "ADMIN may change everything; VIEWER may look. A removed, demoted or deactivated user is signed out at once.",
        ),
        editing.value
          ? h(UserDialog, { user: editing.value, onSaved: list.load, onClose: () => (editing.value = null) })
          : null,
        user
          ? h(
            Confirm,
            {
              title: `Delete ${user.username}?`,
              action: "Delete user",
              onConfirm: () => remove(user),
              onClose: () => (removing.value = null),
            },
            () => [
              h("p", "They are signed out at once and cannot sign in again. What they changed stays in the history."),
            ],
          )
          : null,
      ];
    };
  },
});

/**
 * @param {(user: User) => void} edit
 * @param {(user: User) => void} remove
 */
const userColumns = (edit, remove) => [
  {
    key: "name",
    label: "User",
    isHead: true,
    cell: (/** @type {User} */ { username, email }) => [h("strong", username), h("span", { class: "row-sub" }, email)],
  },
  { key: "role", label: "Role", cell: (/** @type {User} */ { role }) => role },
  {
    key: "state",
    label: "State",
    cell: (/** @type {User} */ { isActive }) =>
      isActive === false ? badge("Inactive", "off", "circle-pause") : badge("Active", "good", "circle-check"),
  },
  { key: "login", label: "Last sign-in", cell: (/** @type {User} */ { lastLogin }) => h(TimeAgo, { time: lastLogin }) },
  {
    key: "actions",
    label: "Actions",
    right: true,
    cell: (/** @type {User} */ user) =>
      h("div", { class: "row-actions" }, [
        h("button", {
          type: "button",
          class: "icon-button",
          title: "Edit",
          "aria-label": `Edit ${user.username}`,
          onClick: () => edit(user),
        }, [icon("pencil")]),
        user.id === session.user?.id ? null : h("button", {
          type: "button",
          class: "icon-button",
          title: "Delete",
          "aria-label": `Delete ${user.username}`,
          onClick: () => remove(user),
        }, [icon("trash-2")]),
      ]),
  },
];
