// What can be set, grouped as one thinks of it. The server holds the ranges; here they are told.

/**
 * @typedef {object} Setting
 * @property {keyof import("../types/api.d.ts").Settings & string} key
 * @property {string} label
 * @property {string} hint
 * @property {string} [unit]
 * @property {[number, number]} [range] a number between the two; else a switch or a time zone
 * @property {number | boolean | string} standard
 */

/** @type {{title: string, text: string, settings: Setting[]}[]} */
export const settingGroups = [
  {
    title: "Reading",
    text: "How often partners are read, and how long we wait for them.",
    settings: [
      {
        key: "refreshInterval",
        label: "Read each partner every",
        hint: "Spread over the interval.",
        unit: "seconds",
        range: [5, 3_600],
        standard: 120,
      },
      {
        key: "concurrentPartnerLimit",
        label: "Partners read at the same time",
        hint: "At most.",
        unit: "partners",
        range: [1, 256],
        standard: 16,
      },
      {
        key: "connectionTimeout",
        label: "Wait for a connection",
        hint: "SSH and database together.",
        unit: "seconds",
        range: [1, 120],
        standard: 30,
      },
      {
        key: "queryTimeout",
        label: "Wait for a query",
        hint: "A partner that takes longer counts as failed.",
        unit: "seconds",
        range: [1, 300],
        standard: 60,
      },
      { key: "autoRefreshEnabled", label: "Read partners regularly", hint: "Off: only on demand.", standard: true },
    ],
  },
  {
    title: "Alerts",
    text: "When a partner is marked.",
    settings: [
      {
        key: "alertThreshold",
        label: "Medium from a utilization of",
        hint: "Of the partner's limit.",
        unit: "%",
        range: [1, 100],
        standard: 80,
      },
      {
        key: "highQueuedMin",
        label: "High from a queue of",
        hint: "While utilization is below 40 %.",
        unit: "calls",
        range: [0, 1_000_000],
        standard: 100,
      },
      {
        key: "criticalQueuedThreshold",
        label: "Critical above a queue of",
        hint: "While utilization is below the next value.",
        unit: "calls",
        range: [0, 1_000_000],
        standard: 200,
      },
      {
        key: "criticalUtilizationThreshold",
        label: "Critical below a utilization of",
        hint: "Together with the queue above.",
        unit: "%",
        range: [0, 100],
        standard: 30,
      },
    ],
  },
  {
    title: "Data",
    text: "What a day is, and how long readings are kept.",
    settings: [
      {
        key: "timeZone",
        label: "Business time zone",
        hint: "Says when “today” begins. All times on this page are shown in it.",
        standard: "America/New_York",
      },
      {
        key: "dataRetentionDays",
        label: "Keep readings, logs and history for",
        hint: "Older ones are deleted.",
        unit: "days",
        range: [1, 3_650],
        standard: 90,
      },
    ],
  },
];
