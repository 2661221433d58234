// Add or edit a partner: one form, its errors beside the fields, a test before saving.
import { defineComponent, h, nextTick, shallowReactive, shallowRef } from "../vendor/vue.js";
import { ApiError } from "../api/client.js";
import { adminOnly, isAdmin } from "../api/session.js";
import { partners } from "../api/endpoints.js";
import { Field } from "../components/field.js";
import { icon } from "../components/icon.js";
import { useLoad } from "../components/load.js";
import { empty, failure, skeleton } from "../components/placeholders.js";
import { SecretField } from "../components/secret-field.js";
import { toggle } from "../components/switch.js";
import { TestDialog } from "../components/test-dialog.js";
import { toast } from "../components/toast.js";
import { guardLeaving } from "../leaving.js";
import { link, navigate, route } from "../router.js";
import { bodyOf, draftOf } from "./partner-draft.js";
import { databaseKinds } from "./partner-facts.js";

const tlsModes = [["preferred", "Preferred"], ["required", "Required"], [
  "verify-full",
  "Required, certificate verified",
], ["disabled", "Disabled"]];
const authMethods = [["password", "Password"], ["privateKey", "Private key"]];
/** @type {Record<string, string>} */
const usualPorts = { mysql: "3306", postgresql: "5432" };

export default defineComponent({
  name: "PartnerFormPage",
  setup() {
    const { id } = route.params;
    const here = route.path;
    const existing = useLoad(async (signal) => {
      const partner = await partners.show(id, signal);
      Object.assign(draft, draftOf(partner));
      return partner;
    });
    /** @type {import("./partner-draft.js").Draft} */
    const draft = shallowReactive(draftOf(null));
    const errors = shallowRef(/** @type {Record<string, string>} */ ({}));
    const problem = shallowRef("");
    const isBusy = shallowRef(false);
    const isTesting = shallowRef(false);
    const root = shallowRef(/** @type {HTMLElement | null} */ (null));
    if (id) existing.load();

    const before = () => id ? draftOf(existing.value) : null;
    const body = () => bodyOf(draft, before());
    const isChanged = () => JSON.stringify(draft) !== JSON.stringify(draftOf(existing.value));
    guardLeaving(isChanged);

    /** @param {unknown} error */
    function explain(error) {
      errors.value = error instanceof ApiError ? faultsOf(error) : {};
      problem.value = error instanceof ApiError ? error.above(Object.keys(draft)) : String(error);
      nextTick(() => {
        const first = root.value?.querySelector("[aria-invalid=true]") ?? root.value?.querySelector(".form-error");
        if (first instanceof HTMLElement) first.focus();
      });
    }

    /** @param {Event} event */
    async function save(event) {
      event.preventDefault();
      if (isBusy.value) return;
      isBusy.value = true;
      errors.value = {};
      problem.value = "";
      try {
        const answer = id ? await partners.update(id, body()) : await partners.create(body());
        toast(answer.message);
        // Unless the user went elsewhere meanwhile.
        if (route.path === here) navigate(`/partners/${id ?? answer.id}`, { asks: false });
      } catch (error) {
        explain(error);
      }
      isBusy.value = false;
    }

    /** @param {AbortSignal} signal */
    async function test(signal) {
      errors.value = {};
      problem.value = "";
      try {
        return await partners.testUnsaved(id ? { ...body(), id } : body(), signal);
      } catch (error) {
        if (error instanceof ApiError && error.errors.length > 0) {
          // There is nothing to test yet, and the fields that say why are behind the dialog.
          isTesting.value = false;
          explain(error);
        }
        throw error;
      }
    }

    /**
     * @param {keyof import("./partner-draft.js").Draft} name
     * @param {string} label
     * @param {Record<string, unknown>} [more]
     */
    const field = (name, label, more = {}) =>
      h(more.isStored === undefined ? Field : SecretField, {
        key: name,
        name,
        label,
        modelValue: draft[name],
        error: errors.value[name],
        autocomplete: "off",
        ...more,
        "onUpdate:modelValue": (/** @type {string} */ value) => Object.assign(draft, { [name]: value }),
      });
    const flag = (
      /** @type {"isActive" | "pauseNonPriorityCampaigns" | "sshConfig.enabled"} */ name,
      /** @type {string} */ label,
    ) =>
      toggle({
        label,
        isOn: draft[name],
        showsLabel: true,
        onChange: (isOn) => Object.assign(draft, { [name]: isOn }),
      });

    const form = () => {
      const isFile = draft.dbType === "sqlite";
      return h("form", { ref: root, class: "form-page", novalidate: true, onSubmit: save }, [
        h(
          "p",
          { class: "form-error", role: "alert", tabindex: -1 },
          problem.value ? [icon("circle-alert"), problem.value] : null,
        ),
        section("Partner", "Who it is.", [
          field("partnerName", "Name", { maxlength: 100, required: true }),
          field("tenantId", "Tenant", { inputmode: "numeric", hint: "0: not limited to a tenant" }),
          flag("isActive", "Active: read it regularly"),
        ]),
        section("Database", "Read only, but for two rows of its settings.", [
          field("dbType", "Kind", { type: "select", options: Object.entries(databaseKinds) }),
          field("dbName", isFile ? "File name" : "Database name", {
            required: true,
            hint: isFile ? "Inside the folder of partner files on the server" : null,
          }),
          ...(isFile ? [] : databaseFields(draft, field, Boolean(id))),
        ]),
        isFile ? null : section("SSH", "Where the database is reached only through an SSH host.", [
          flag("sshConfig.enabled", "Connect through an SSH tunnel"),
          ...(draft["sshConfig.enabled"] ? sshFields(draft, field, id ? existing.value?.sshConfig ?? null : null) : []),
        ]),
        section("Limits", "Written to the partner's own settings when they change.", [
          field("concurrencyLimit", "Calls at the same time", { inputmode: "numeric", hint: "1 to 1,000" }),
          flag("pauseNonPriorityCampaigns", "Pause non-priority campaigns"),
        ]),
        h("div", { class: "form-foot" }, [
          h("button", { type: "button", class: "button", onClick: () => (isTesting.value = true) }, [
            icon("plug"),
            "Test connection",
          ]),
          h("span", { class: "spring" }),
          link(id ? `/partners/${id}` : "/", { class: "button" }, "Cancel"),
          h(
            "button",
            { type: "submit", class: "button primary", disabled: isBusy.value },
            id ? "Save changes" : "Add partner",
          ),
        ]),
        isTesting.value
          ? h(TestDialog, { title: "Test before saving", run: test, onClose: () => (isTesting.value = false) })
          : null,
      ]);
    };

    return () => {
      const title = id ? "Edit partner" : "Add partner";
      if (!isAdmin.value) return [h("h1", title), empty("ban", "Not for this role", adminOnly)];
      if (id && existing.error) return failure(existing.error, existing.load);
      if (id && !existing.value) return skeleton(10);
      return [
        h("div", { class: "page-head" }, [h("div", { class: "title-block" }, [
          link(id ? `/partners/${id}` : "/", { class: "back" }, [
            icon("arrow-left"),
            existing.value?.partnerName ?? "Overview",
          ]),
          h("h1", title),
        ])]),
        form(),
      ];
    };
  },
});

/**
 * By field. A rule of the system names no field, but a name that is taken belongs beside the name.
 * @param {ApiError} error
 */
const faultsOf = (error) => error.detail.startsWith("Partner name") ? { partnerName: error.detail } : error.byField;

/**
 * @param {string} title
 * @param {string} text
 * @param {any[]} fields
 */
const section = (title, text, fields) =>
  h("section", { key: title, class: "form-section", "aria-labelledby": `section-${title}` }, [
    h("div", [h("h2", { id: `section-${title}` }, title), h("p", { class: "quiet" }, text)]),
    h("div", { class: "card fields" }, fields),
  ]);

/**
 * @param {import("./partner-draft.js").Draft} draft
 * @param {Function} field
 * @param {boolean} isStored
 */
const databaseFields = (draft, field, isStored) => [
  field("dbHost", "Host", { required: true, hint: draft["sshConfig.enabled"] ? "As the SSH host knows it" : null }),
  field("dbPort", "Port", { inputmode: "numeric", placeholder: usualPorts[draft.dbType] }),
  field("dbUsername", "User", { required: true }),
  field("dbPassword", "Database password", { isStored, required: true }),
  field("dbTlsMode", "TLS", {
    type: "select",
    options: tlsModes,
    hint: draft["sshConfig.enabled"] ? "Inside a tunnel “preferred” means none" : null,
  }),
  draft.dbTlsMode === "verify-full"
    ? field("dbTlsCa", "CA certificate (PEM)", { type: "textarea", hint: "Optional: the system's own otherwise" })
    : null,
];

/**
 * @param {import("./partner-draft.js").Draft} draft
 * @param {Function} field
 * @param {import("../types/api.d.ts").SSHConfig | null} stored
 */
const sshFields = (draft, field, stored) => [
  field("sshConfig.host", "SSH host", { required: true }),
  field("sshConfig.port", "SSH port", { inputmode: "numeric" }),
  field("sshConfig.username", "SSH user", { required: true }),
  field("authMethod", "Sign in by", { type: "select", options: authMethods }),
  ...(draft.authMethod === "privateKey"
    ? [
      field("sshConfig.privateKey", "Private key", { isKey: true, isStored: stored?.authMethod === "privateKey" }),
      field("sshConfig.passphrase", "Passphrase of the key", {
        type: "password",
        autocomplete: "new-password",
        hint: "Only for an encrypted key",
      }),
    ]
    : [field("sshConfig.password", "SSH password", { isStored: stored?.authMethod === "password" })]),
  field("sshConfig.hostKeyFingerprint", "Host key fingerprint", {
    placeholder: "SHA256:…",
    spellcheck: "false",
    hint: "Left empty, the first one seen is pinned; another one later is refused",
  }),
];
