let loaded: unknown;

/** Called by the module that brings in Polars: a package of more than 200 MB, which may never come. */
export function rememberPolars(polars: unknown): void {
  loaded = polars;
}

/** What was brought in; undefined before that. */
export function rememberedPolars(): unknown {
  return loaded;
}
