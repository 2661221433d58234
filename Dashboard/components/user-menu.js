// Who is signed in, and what belongs to them: account, look, sign out.
import { defineComponent, h, onBeforeUnmount, onMounted, shallowRef, useId } from "../vendor/vue.js";
import { session, signOut } from "../api/session.js";
import { leave } from "../leaving.js";
import { link } from "../router.js";
import { setTheme, theme, themes } from "../themes.js";
import { icon } from "./icon.js";

export const UserMenu = defineComponent({
  name: "UserMenu",
  setup() {
    const isOpen = shallowRef(false);
    const root = shallowRef(/** @type {HTMLElement | null} */ (null));
    const id = useId();

    /** @param {Event} event */
    function closeOutside(event) {
      if (isOpen.value && event.target instanceof Node && !root.value?.contains(event.target)) isOpen.value = false;
    }
    /** @param {KeyboardEvent} event */
    function press(event) {
      if (event.key !== "Escape" || !isOpen.value) return;
      isOpen.value = false;
      root.value?.querySelector("button")?.focus();
    }
    onMounted(() => {
      addEventListener("pointerdown", closeOutside);
      addEventListener("focusin", closeOutside);
    });
    onBeforeUnmount(() => {
      removeEventListener("pointerdown", closeOutside);
      removeEventListener("focusin", closeOutside);
    });

    return () =>
      h("div", { class: "user-menu", ref: root, onKeydown: press }, [
        h("button", {
          type: "button",
          class: "user-button",
          "aria-expanded": isOpen.value ? "true" : "false",
          "aria-controls": id,
          "aria-label": `Menu of ${session.user?.username ?? "nobody"}`,
          onClick: () => (isOpen.value = !isOpen.value),
        }, [icon("circle-user"), h("span", { class: "user-name" }, session.user?.username), icon("chevrons-up-down")]),
        isOpen.value ? panel(id, () => (isOpen.value = false)) : null,
      ]);
  },
});

/**
 * @param {string} id
 * @param {() => void} close
 */
function panel(id, close) {
  return h("div", {
    class: "user-panel",
    id,
    onClick: (/** @type {Event} */ event) => event.target instanceof Element && event.target.closest("a") && close(),
  }, [
    h("p", { class: "user-facts" }, [
      h("strong", session.user?.username),
      h("span", session.user?.email),
      h("span", session.user?.role),
    ]),
    link("/account", { class: "menu-item" }, [icon("key-round"), "Account"]),
    h("fieldset", { class: "theme-choice" }, [
      h("legend", "Theme"),
      ...themes.map(({ value, label, icon: name }) =>
        h("button", {
          type: "button",
          class: "segment",
          "aria-pressed": theme.value === value ? "true" : "false",
          title: label,
          "aria-label": label,
          onClick: () => setTheme(value),
        }, [icon(name)])
      ),
    ]),
    h("button", { type: "button", class: "menu-item", onClick: () => leave(signOut) }, [icon("log-out"), "Sign out"]),
  ]);
}
