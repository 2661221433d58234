// The shell around every page: menu, demo banner, connection state, messages, command palette.
import {
  computed,
  defineComponent,
  h,
  onBeforeUnmount,
  onMounted,
  shallowRef,
  watch,
  watchEffect,
} from "./vendor/vue.js";
import { abandon, session } from "./api/session.js";
import { heldBack, wouldLose } from "./leaving.js";
import { loadSettings } from "./live/feed.js";
import { entries, live, urgentAlerts } from "./live/store.js";
import { arrive, navigate, route } from "./router.js";
import { isOutdated, lookForUpgrade } from "./upgrade.js";
import { ConnectionState } from "./components/connection-state.js";
import { OfflineBanner } from "./components/offline-banner.js";
import { DemoBanner } from "./components/demo-banner.js";
import { useEvery } from "./components/every.js";
import { icon } from "./components/icon.js";
import { LeavingDialog } from "./components/leaving-dialog.js";
import { LimitEditor } from "./components/limit-editor.js";
import { pageMenu } from "./components/page-menu.js";
import { Palette } from "./components/palette.js";
import { empty, failure, skeleton } from "./components/placeholders.js";
import { SignInDialog } from "./components/sign-in-dialog.js";
import { Toasts } from "./components/toast.js";
import { UpgradeBanner } from "./components/upgrade-banner.js";
import { UserMenu } from "./components/user-menu.js";
import { link } from "./router.js";
import { stylesheet } from "./stylesheets.js";

const settingsEvery = 60_000;
// A page that was loaded less than this ago is the server's own.
const young = 30_000;
const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export const App = defineComponent({
  name: "App",
  setup() {
    const isPaletteOpen = shallowRef(false);
    const limitOf = shallowRef(/** @type {any} */ (null));
    const isWall = computed(() => route.at.name === "overview" && route.query.wall === "1");
    const page = usePage();

    /** @param {KeyboardEvent} event */
    function press(event) {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      if (!session.user || isWall.value) return;
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) isPaletteOpen.value = true;
    }
    onMounted(() => addEventListener("keydown", press));
    onBeforeUnmount(() => removeEventListener("keydown", press));
    watchEffect(() => guard());
    watchEffect(() => (document.title = title.value));
    // What was open belonged to whoever was signed in.
    watch(() => session.user?.id, () => {
      isPaletteOpen.value = false;
      limitOf.value = null;
    });
    // Somebody else may change them, and this page may be open for days.
    useEvery(settingsEvery, () => session.user && !session.isInterrupted && loadSettings());
    watchReturns();
    watch(() => [route.path, page.component, page.error], () => (page.component || page.error) && arrive(), {
      flush: "post",
    });

    const content = () => {
      if (session.isUnreachable && !session.isInterrupted) {
        return empty("wifi-off", "The server cannot be reached", "This page goes on by itself as soon as it answers.");
      }
      if (session.isResuming && !session.isInterrupted && route.at.name !== "sign-in") return skeleton(8);
      if (page.error) return failure(page.error, page.load);
      // A page is made anew for another address, not for another query.
      return page.component ? h(page.component, { key: route.path }) : skeleton(8);
    };

    return () => {
      if (route.at.name === "sign-in") {
        return [h("main", { id: "main", class: "lone", tabindex: -1 }, content()), h(Toasts)];
      }
      if (isWall.value) return [h("main", { id: "main", class: "wall", tabindex: -1 }, content())];
      return [
        h("a", { class: "skip", href: "#main", onClick: skip }, "Skip to the page"),
        h("div", { class: "shell" }, [
          h("header", { class: "bar" }, [
            link("/", { class: "brand", "aria-label": "JobTalk Admin, overview" }, [
              icon("audio-lines"),
              h("span", "JobTalk"),
            ]),
            h("button", {
              type: "button",
              class: "jump",
              "aria-keyshortcuts": isMac ? "Meta+K" : "Control+K",
              "aria-label": "Search or jump to",
              onClick: () => (isPaletteOpen.value = true),
            }, [
              icon("search"),
              h("span", "Jump to…"),
              h("kbd", isMac ? "⌘ K" : "Ctrl K"),
            ]),
            pageMenu(),
            h("div", { class: "bar-end" }, [h(ConnectionState), h(UserMenu)]),
          ]),
          h("div", { class: "page-column" }, [
            live.mode === "offline" ? h(OfflineBanner) : null,
            isOutdated.value ? h(UpgradeBanner) : null,
            session.user?.demo ? h(DemoBanner) : null,
            h("main", { id: "main", tabindex: -1 }, content()),
          ]),
        ]),
        isPaletteOpen.value
          ? h(Palette, {
            onClose: () => (isPaletteOpen.value = false),
            onLimit: (/** @type {any} */ partner) => (limitOf.value = partner),
          })
          : null,
        limitOf.value ? h(LimitEditor, { partner: limitOf.value, onClose: () => (limitOf.value = null) }) : null,
        session.isInterrupted ? h(SignInDialog) : null,
        heldBack.value ? h(LeavingDialog) : null,
        h(Toasts),
      ];
    };
  },
});

/** The component of the page in the address, loaded when it is first wanted. */
function usePage() {
  const component = shallowRef(/** @type {any} */ (null));
  const error = shallowRef(/** @type {unknown} */ (null));
  async function load() {
    const wanted = route.at;
    error.value = null;
    try {
      const styles = wanted.styles?.map((name) => stylesheet(`styles/${name}.css`)) ?? [];
      const [module] = await Promise.all([wanted.load(), ...styles]);
      if (wanted === route.at) component.value = module.default;
    } catch {
      lookForUpgrade();
      if (wanted === route.at) error.value = { detail: "The page's code could not be loaded." };
    }
  }
  watch(() => route.at, () => {
    component.value = null;
    load();
  }, { immediate: true });
  return {
    get component() {
      return component.value;
    },
    get error() {
      return error.value;
    },
    load,
  };
}

/** A server that was away, or was not heard of since this page was loaded long ago, may be another by now. */
function watchReturns() {
  let isNew = true;
  watch(() => live.mode, (mode) => {
    if (mode !== "live" && mode !== "polling") return;
    if (!isNew || performance.now() > young) {
      lookForUpgrade();
      loadSettings();
    }
    isNew = false;
  });
}

/** Whoever is not signed in comes to the sign-in page, and back from there. */
function guard() {
  if (session.isResuming) return;
  const isAtDoor = route.at.name === "sign-in";
  // The page beneath is left only by whoever agrees to lose what they typed in it.
  if (session.isInterrupted) {
    if (wouldLose()) return;
    abandon();
  }
  if (!session.user && !isAtDoor) {
    const here = location.pathname + location.search;
    navigate("/sign-in" + (here === "/" ? "" : `?from=${encodeURIComponent(here)}`), {
      replace: true,
      asks: false,
    });
  }
  if (session.user && isAtDoor) navigate(wayBack(), { replace: true, asks: false });
}

/** Only addresses of this page: never another site's. */
function wayBack() {
  const from = route.query.from ?? "/";
  return from.startsWith("/") && !from.startsWith("//") && !from.startsWith("/\\") ? from : "/";
}

/** The number of urgent alerts stands in the tab's title. */
const title = computed(() => {
  const urgent = urgentAlerts.value?.filter(({ level }) => level === "CRITICAL" || level === "ERROR").length ?? 0;
  const partner = route.params.id && entries.value.get(route.params.id)?.partner.partnerName;
  return `${urgent ? `(${urgent}) ` : ""}${partner || route.at.title} · JobTalk Admin`;
});

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
