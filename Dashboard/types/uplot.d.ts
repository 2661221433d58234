// The part of uPlot that the chart uses.

// deno-lint-ignore no-explicit-any
type Any = any;

export default class UPlot {
  constructor(options: Any, data: Any, root: HTMLElement);
  static sync(key: string): Any;
  root: HTMLElement;
  ctx: CanvasRenderingContext2D;
  bbox: { left: number; top: number; width: number; height: number };
  cursor: { left: number; top: number; idx: number | null };
  select: { left: number; width: number };
  data: (number | null)[][];
  posToVal(position: number, scale: string): number;
  valToPos(value: number, scale: string, canvas?: boolean): number;
  setData(data: Any): void;
  setSize(size: { width: number; height: number }): void;
  setSelect(select: Any, fire?: boolean): void;
  destroy(): void;
}
