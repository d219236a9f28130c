import type polars from "../polars.ts";
import { rememberedPolars } from "./loaded_polars.ts";

/** A data frame of Polars. */
export type Frame = polars.DataFrame;
/** What of the package makes frames. */
export type PolarsApi = typeof polars;

/** The package, where a frame is at hand and it is loaded therefore. */
export function loadedPolars(): PolarsApi {
  const loaded = rememberedPolars();
  if (loaded !== undefined) return loaded as PolarsApi;
  throw new TypeError(
    "Cannot read a data frame of another Polars than this program's: current value is a frame made " +
      'before "nodejs-polars" was imported',
  );
}

/**
 * The package, which is fetched and loaded when it is asked for first. An address that is no literal is
 * read when its turn comes: whoever imports notebooks' helpers and asks for no frame fetches nothing.
 */
export async function loadPolars(): Promise<PolarsApi> {
  const address = new URL("../polars.ts", import.meta.url).href;
  // A literal beginning is what publishing wants to see of an address that is computed.
  if (address.startsWith("file:///")) await import(`file:///${address.slice("file:///".length)}`);
  else await import(`https://${address.slice("https://".length)}`);
  return loadedPolars();
}
