// The user's own account: who they are, and their password.
import { defineComponent, h, shallowReactive, shallowRef } from "../vendor/vue.js";
import { ApiError } from "../api/client.js";
import { session } from "../api/session.js";
import { auth } from "../api/endpoints.js";
import { Field } from "../components/field.js";
import { icon } from "../components/icon.js";
import { toast } from "../components/toast.js";
import { guardLeaving } from "../leaving.js";

const blank = { current: "", wanted: "", again: "" };

export default defineComponent({
  name: "AccountPage",
  setup() {
    const form = shallowReactive({ ...blank });
    const errors = shallowRef(/** @type {Record<string, string>} */ ({}));
    const problem = shallowRef("");
    const isBusy = shallowRef(false);
    guardLeaving(() => Object.values(form).some(Boolean));

    /** @param {Event} event */
    async function save(event) {
      event.preventDefault();
      problem.value = "";
      errors.value = form.wanted === form.again ? {} : { again: "The two new passwords differ" };
      if (isBusy.value || errors.value.again) return;
      isBusy.value = true;
      try {
        toast((await auth.changePassword(form.current, form.wanted)).message);
        Object.assign(form, blank);
      } catch (error) {
        errors.value = error instanceof ApiError ? error.byField : {};
        problem.value = error instanceof ApiError ? error.above(["currentPassword", "newPassword"]) : String(error);
      }
      isBusy.value = false;
    }

    const field = (
      /** @type {keyof typeof blank} */ name,
      /** @type {string} */ label,
      /** @type {string | undefined} */ error,
      /** @type {object} */ more,
    ) =>
      h(Field, {
        key: name,
        name,
        label,
        type: "password",
        error,
        required: true,
        modelValue: form[name],
        ...more,
        "onUpdate:modelValue": (/** @type {string} */ value) => (form[name] = value),
      });

    return () => [
      h("div", { class: "page-head" }, [h("h1", "Account")]),
      h("div", { class: "form-page" }, [
        h("section", { class: "form-section", "aria-labelledby": "who-title" }, [
          h("div", [h("h2", { id: "who-title" }, "You")]),
          h("div", { class: "card" }, [
            h("dl", { class: "facts" }, [
              h("dt", "User name"),
              h("dd", session.user?.username),
              h("dt", "Email"),
              h("dd", session.user?.email || "–"),
              h("dt", "Role"),
              h("dd", session.user?.role === "ADMIN" ? "ADMIN: may change everything" : "VIEWER: may look"),
            ]),
          ]),
        ]),
        h("section", { class: "form-section", "aria-labelledby": "password-title" }, [
          h("div", [
            h("h2", { id: "password-title" }, "Password"),
            h("p", { class: "quiet" }, "Changing it signs you out everywhere but here."),
          ]),
          h("form", { class: "card fields", novalidate: true, onSubmit: save }, [
            h(
              "p",
              { class: "form-error", role: "alert" },
              problem.value ? [icon("circle-alert"), problem.value] : null,
            ),
            h("input", {
              type: "text",
              class: "visually-hidden",
              autocomplete: "username",
              value: session.user?.username,
              readonly: true,
              tabindex: -1,
              "aria-hidden": "true",
            }),
            field("current", "Current password", errors.value.currentPassword, { autocomplete: "current-password" }),
            field("wanted", "New password", errors.value.newPassword, {
              autocomplete: "new-password",
              hint: "8 to 128 characters, not your user name, not one of the well-known ones.",
            }),
            field("again", "New password again", errors.value.again, { autocomplete: "new-password" }),
            h("div", { class: "buttons" }, [
              h("button", { type: "submit", class: "button primary", disabled: isBusy.value }, "Change password"),
            ]),
          ]),
        ]),
      ]),
    ];
  },
});
