// Sign in. After a session ran out the shell brings the user back to where they were.
import { defineComponent, h } from "../vendor/vue.js";
import { session } from "../api/session.js";
import { icon } from "../components/icon.js";
import { SignInForm } from "../components/sign-in-form.js";

export default defineComponent({
  name: "SignInPage",
  setup: () => () =>
    h("div", { class: "sign-in" }, [
      h(SignInForm, { class: "card" }, () => [
        h("div", { class: "brand" }, [icon("audio-lines"), h("h1", "Sign in to JobTalk Admin")]),
        session.endedBecause ? h("p", { class: "note" }, session.endedBecause) : null,
      ]),
    ]),
});
