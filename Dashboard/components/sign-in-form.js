// User and password, with the server's own words where it refuses them.
import { defineComponent, h, nextTick, onMounted, shallowReactive, shallowRef } from "../vendor/vue.js";
import { ApiError } from "../api/client.js";
import { signIn } from "../api/session.js";
import { Field } from "./field.js";
import { icon } from "./icon.js";

/** What is in its slot stands above. */
export const SignInForm = defineComponent({
  name: "SignInForm",
  setup(_, { slots }) {
    const form = shallowReactive({ username: "", password: "", stays: false, error: "", isBusy: false });
    const root = shallowRef(/** @type {HTMLElement | null} */ (null));
    const focus = (/** @type {"username" | "password"} */ name) =>
      nextTick(() => {
        const input = root.value?.querySelector(`input[name=${name}]`);
        if (input instanceof HTMLInputElement) input.focus();
      });
    onMounted(() => focus("username"));

    /** @param {Event} event */
    async function submit(event) {
      event.preventDefault();
      if (form.isBusy) return;
      Object.assign(form, { isBusy: true, error: "" });
      try {
        await signIn(form.username, form.password, form.stays);
      } catch (error) {
        form.error = error instanceof ApiError ? error.detail : String(error);
        focus("password");
      }
      form.isBusy = false;
    }

    const field = (
      /** @type {"username" | "password"} */ name,
      /** @type {string} */ label,
      /** @type {object} */ more,
    ) =>
      h(Field, {
        label,
        name,
        modelValue: form[name],
        required: true,
        ...more,
        "onUpdate:modelValue": (/** @type {string} */ value) => (form[name] = value),
      });

    return () =>
      h("form", { class: "stack", ref: root, onSubmit: submit }, [
        slots.default?.(),
        h("p", { class: "form-error", role: "alert" }, form.error ? [icon("circle-alert"), form.error] : null),
        field("username", "User name", { autocomplete: "username", autocapitalize: "none", spellcheck: "false" }),
        field("password", "Password", { type: "password", autocomplete: "current-password" }),
        h("label", { class: "check" }, [
          h("input", {
            type: "checkbox",
            checked: form.stays,
            onChange: (/** @type {any} */ event) => (form.stays = event.target.checked),
          }),
          h("span", "Stay signed in on this device"),
        ]),
        h(
          "button",
          { type: "submit", class: "button primary", disabled: form.isBusy },
          form.isBusy ? "Signing in…" : "Sign in",
        ),
      ]);
  },
});
