import type { TopLevelSpec } from "npm:vega-lite@6.5.0";
import { THEME } from "./theme.ts";

/** A Vega-Lite specification with its data. */
export type FigureSpec = TopLevelSpec;

/** How notebooks show a figure; nothing until {@linkcode drawFiguresWith} says so. */
let drawFigure: ((spec: FigureSpec) => unknown) | undefined;

/** Says how a notebook shows figures from now on, those that are there already included. */
export function drawFiguresWith(draw: (spec: FigureSpec) => unknown): void {
  drawFigure = draw;
}

/**
 * Adds schema and theme to the views of a figure, and what the kernel of a notebook asks an object for
 * its picture by: neither listed nor copied.
 */
export function figure(views: object): FigureSpec {
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: THEME,
    ...views,
  } as FigureSpec;
  return Object.defineProperty(spec, Symbol.for("Jupyter.display"), {
    configurable: true,
    get: () => drawFigure && (() => drawFigure?.(spec)),
  });
}
