// Keeps rows where they are while someone points at them: a table that jumps under the hand is no help.
/** @import {Entry} from "../types/api.d.ts" */
/** @import {Column, Sort} from "../components/data-table.js" */
import { computed, onBeforeUnmount, shallowRef, watch } from "../vendor/vue.js";
import { sorted } from "../components/data-table.js";
import { entries } from "../live/store.js";

const resortEvery = 5_000;

/**
 * @param {{value: Entry[]}} list
 * @param {Column[]} columns
 * @param {{value: Sort}} sort
 */
export function useSteadyOrder(list, columns, sort) {
  const ids = shallowRef(/** @type {string[]} */ ([]));
  let isPointedAt = false;
  let hasFocus = false;

  const order = () => (ids.value = sorted(list.value, columns, sort.value).map(({ partner }) => partner.id));
  watch([sort, () => list.value.length], order, { immediate: true });
  const timer = setInterval(() => isPointedAt || hasFocus || order(), resortEvery);
  onBeforeUnmount(() => clearInterval(timer));

  return {
    rows: computed(() => ids.value.flatMap((id) => entries.value.get(id) ?? [])),
    listeners: {
      onPointerenter: () => (isPointedAt = true),
      onPointerleave: () => (isPointedAt = false),
      onFocusin: () => (hasFocus = true),
      onFocusout: () => (hasFocus = false),
    },
  };
}
