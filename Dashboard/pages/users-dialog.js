// Adds a user, or changes one.
import { defineComponent, h, shallowReactive, shallowRef } from "../vendor/vue.js";
import { ApiError } from "../api/client.js";
import { users } from "../api/endpoints.js";
import { Dialog } from "../components/dialog.js";
import { Field } from "../components/field.js";
import { icon } from "../components/icon.js";
import { toggle } from "../components/switch.js";
import { toast } from "../components/toast.js";

const roles = [["VIEWER", "VIEWER: may look"], ["ADMIN", "ADMIN: may change everything"]];

export const UserDialog = defineComponent({
  name: "UserDialog",
  /** @type {any} */
  props: { user: { type: Object, required: true } },
  emits: ["saved", "close"],
  setup(props, { emit }) {
    const { id, username = "", email = "", role = "VIEWER", isActive = true } = props.user;
    const blank = { username, email, role, isActive, password: "" };
    const form = shallowReactive({ ...blank });
    const isChanged = () => JSON.stringify(form) !== JSON.stringify(blank);
    const isBusy = shallowRef(false);
    const errors = shallowRef(/** @type {Record<string, string>} */ ({}));
    const problem = shallowRef("");

    /** @param {() => void} close */
    async function save(close) {
      if (isBusy.value) return;
      isBusy.value = true;
      try {
        if (id) await users.update(id, changed(form, props.user));
        else {await users.create({
            username: form.username,
            email: form.email,
            role: form.role,
            password: form.password,
          });}
        toast(`${form.username} was ${id ? "changed" : "added"}`);
        emit("saved");
        close();
      } catch (error) {
        errors.value = error instanceof ApiError ? error.byField : {};
        problem.value = error instanceof ApiError ? error.above(Object.keys(form)) : String(error);
      }
      isBusy.value = false;
    }

    const field = (
      /** @type {"username" | "email" | "role" | "password"} */ name,
      /** @type {string} */ label,
      /** @type {object} */ more = {},
    ) =>
      h(Field, {
        key: name,
        name,
        label,
        error: errors.value[name],
        modelValue: form[name],
        autocomplete: "off",
        ...more,
        "onUpdate:modelValue": (/** @type {string} */ value) => (form[name] = value),
      });

    return () =>
      h(
        Dialog,
        { title: id ? `Edit ${username}` : "Add user", isChanged, onClose: () => emit("close") },
        ({ close }) =>
          h("form", {
            class: "stack",
            novalidate: true,
            onSubmit: (/** @type {Event} */ event) => (event.preventDefault(), save(close)),
          }, [
            h(
              "p",
              { class: "form-error", role: "alert" },
              problem.value ? [icon("circle-alert"), problem.value] : null,
            ),
            field("username", "User name", { autocapitalize: "none", spellcheck: "false" }),
            field("email", "Email", { type: "email" }),
            field("role", "Role", { type: "select", options: roles }),
            field("password", id ? "New password" : "Password", {
              type: "password",
              autocomplete: "new-password",
              hint: id ? "Left empty, it stays as it is." : "8 to 128 characters.",
            }),
            id
              ? toggle({
                label: "Active: may sign in",
                isOn: form.isActive,
                showsLabel: true,
                onChange: (isOn) => (form.isActive = isOn),
              })
              : null,
            h("div", { class: "buttons" }, [
              h("button", { type: "button", class: "button", onClick: close }, "Cancel"),
              h(
                "button",
                { type: "submit", class: "button primary", disabled: isBusy.value },
                id ? "Save changes" : "Add user",
              ),
            ]),
          ]),
      );
  },
});

/**
 * @param {Record<string, any>} form
 * @param {Record<string, any>} before
 */
const changed = (form, before) =>
  Object.fromEntries(
    Object.entries(form).filter(([key, value]) =>
      value !== (before[key] ?? "") && !(key === "password" && value === "")
    ),
  );
