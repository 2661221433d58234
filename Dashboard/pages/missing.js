// An address that leads nowhere.
import { h } from "../vendor/vue.js";
import { empty } from "../components/placeholders.js";
import { link } from "../router.js";

export default {
  name: "MissingPage",
  setup: () => () => [
    h("h1", { class: "visually-hidden" }, "Not found"),
    empty(
      "search-x",
      "There is no such page",
      "It may have been moved, or the partner was deleted.",
      link("/", { class: "button" }, "To the overview"),
    ),
  ],
};
