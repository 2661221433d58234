// The part of Vue that the page uses. Vue's own types are not in the file that we serve.

export interface Ref<T> {
  value: T;
}
export interface Computed<T> {
  readonly value: T;
}
// deno-lint-ignore no-explicit-any
type Any = any;

export type VNode = { readonly __v_isVNode: true };

export function createApp(root: Any): { mount(selector: string): Any; config: Any };
export function h(
  type: Any,
  props?: object | string | null,
  children?: ((scope: Any) => Any) | object | string | number | null,
): VNode;
export function ref<T>(value: T): Ref<T>;
export function shallowRef<T>(value: T): Ref<T>;
export function reactive<T extends object>(value: T): T;
export function shallowReactive<T extends object>(value: T): T;
export function computed<T>(get: (before?: T) => T): Computed<T>;
export function watch<T>(source: Any, act: (value: Any, before: Any) => void, options?: Any): () => void;
export function watchEffect(act: () => void): () => void;
export function nextTick(act?: () => void): Promise<void>;
export function onMounted(act: () => void): void;
export function onBeforeUnmount(act: () => void): void;
export function onScopeDispose(act: () => void): void;
export function useId(): string;
export function markRaw<T>(value: T): T;

interface Definition {
  name: string;
  props?: Any;
  emits?: string[];
  inheritAttrs?: boolean;
  setup(props: Any, context: { emit: Any; attrs: Record<string, Any>; slots: Record<string, Any> }): () => Any;
}
export function defineComponent(definition: Definition): Any;

export const TransitionGroup: Any;
export const KeepAlive: Any;
