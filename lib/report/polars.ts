/**
 * Data frames for notebooks, which import them as "nodejs-polars". The package brings native code of
 * more than 200 MB, so nothing else imports it before a frame is asked for.
 *
 * Frames show themselves as the tables of notebooks do, with their shape and how many rows are left
 * out, in place of 50 rows with 17 digits.
 *
 * @module
 */
import * as made from "npm:/nodejs-polars@0.25.2/bin/dataframe.js";
import { DISPLAY } from "../std/display.ts";
import polars from "npm:nodejs-polars@0.25.2";
import { frameBundle, type FrameLike } from "./notebook/frame_view.ts";
import { rememberPolars } from "./notebook/loaded_polars.ts";

/** The module's own table of functions, by which all parts of the package make frames. */
const makers = (made as unknown as {
  readonly default: { _DataFrame(inner: unknown): FrameLike & { [DISPLAY]?: unknown } };
}).default;

const makeFrame = makers._DataFrame;
makers._DataFrame = (inner) => {
  const frame = makeFrame(inner);
  frame[DISPLAY] = () => frameBundle(frame);
  return frame;
};

rememberPolars(polars);

export { default } from "npm:nodejs-polars@0.25.2";
export * from "npm:nodejs-polars@0.25.2";
