import type pl from "npm:nodejs-polars@0.25.2";

/** A data frame of Polars. */
export type Frame = pl.DataFrame;
/** What of the package makes frames. */
export type PolarsApi = typeof pl;

let loaded: PolarsApi | undefined;

/** Called by the module that brings the package in. */
export function rememberPolars(polars: PolarsApi): void {
  loaded = polars;
}

/** The package, where a frame is at hand and it is loaded therefore. */
export function loadedPolars(): PolarsApi {
  if (loaded !== undefined) return loaded;
  throw new TypeError(
    "Cannot read a data frame of another Polars than this program's: current value is a frame made " +
      'before "nodejs-polars" was imported',
  );
}

/** The package, which is fetched and loaded when it is asked for first: more than 200 MB. */
export async function loadPolars(): Promise<PolarsApi> {
  await import("../polars.ts");
  return loadedPolars();
}
