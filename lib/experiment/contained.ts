/** How many callers are inside an author's code right now. */
let depth = 0;
/** What ended the program before, to be put back. */
let ends: readonly (() => void)[] = [];

/**
 * Runs what an experiment's author wrote so that a mistake in it stays one of the author's: it cannot
 * end the program, a promise that fails while nobody waits for it is an error like any other, and so
 * is one that nothing settles any more (in the main thread: a Worker lives on for its next task).
 *
 * @throws What `run` throws, or what such a promise failed with.
 */
export async function contained<T>(run: () => T | Promise<T>): Promise<T> {
  const stray = Promise.withResolvers<never>();
  const caught = new AbortController();
  const { signal } = caught;
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    stray.reject(event.reason);
  }, { signal });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    stray.reject(event.error ?? new Error(event.message));
  }, { signal });
  globalThis.addEventListener("beforeunload", (event) => {
    event.preventDefault();
    stray.reject(new Error("waits for a promise that nothing settles"));
  }, { signal });
  if (depth++ === 0) ends = [refuseEnd(Deno, "exit", "Deno.exit"), refuseEnd(globalThis, "close")];
  try {
    return await Promise.race([run(), stray.promise]);
  } finally {
    caught.abort();
    if (--depth === 0) { for (const putBack of ends) putBack(); }
  }
}

/** Has a function that would end the program or the Worker throw instead. @returns What undoes that. */
function refuseEnd<Name extends string>(
  owner: { [N in Name]?: unknown },
  name: Name,
  shown: string = name,
): () => void {
  const before = owner[name];
  if (before === undefined) return () => {};
  owner[name] = (code?: number) => {
    throw new Error(`an experiment cannot end the program with ${shown}(${code ?? ""})`);
  };
  return () => {
    owner[name] = before;
  };
}
