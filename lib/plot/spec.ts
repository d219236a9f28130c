import type { TopLevelSpec } from "npm:vega-lite@6.5.0";
import { displayedAs } from "../std/display.ts";
import { THEME } from "./theme.ts";

/** A Vega-Lite specification with its data. */
export type FigureSpec = TopLevelSpec;

/** Adds schema and theme to the views of a figure. */
export function figure(views: object): FigureSpec {
  return displayedAs(
    "figure",
    {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      config: THEME,
      ...views,
    } as FigureSpec,
  );
}
