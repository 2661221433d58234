// The session ended over a form that is half filled in: whoever signs in again goes on with it.
import { defineComponent, h } from "../vendor/vue.js";
import { abandon, session } from "../api/session.js";
import { Dialog } from "./dialog.js";
import { SignInForm } from "./sign-in-form.js";

export const SignInDialog = defineComponent({
  name: "SignInDialog",
  setup: () => () =>
    h(Dialog, {
      title: "Sign in to go on",
      kind: "small",
      isChanged: () => session.isInterrupted,
      onClose: abandon,
    }, () => [
      h(SignInForm, () => [h("p", { class: "note" }, "Your session has ended. What you typed is still here.")]),
    ]),
});
