import { createHash } from "node:crypto";
import { openResultDirectory, pageFile, type ResultDirectory } from "../../results/mod.ts";
import type { StreamTarget } from "../../run/stream.ts";
import { onStop } from "../on_stop.ts";

/** A directory of results that a run is streamed into. */
export interface Streaming {
  readonly directory: ResultDirectory;
  /** Where the run keeps its rows. */
  readonly target: StreamTarget;
  /** Never aborted: with it the run lets signals through, of which one may end the process. */
  readonly signal: AbortSignal;
  /** Removes what has not been committed. */
  close(): void;
}

/**
 * Opens a directory of results for a run that is streamed.
 *
 * @throws {RangeError} If results cannot be written there.
 */
export function openStreaming(out: string): Streaming {
  const directory = openResultDirectory(out);
  const dispose = onStop(() => directory.discard());
  const close = () => {
    dispose();
    directory.discard();
  };
  try {
    const store = pageFile(directory.scratch());
    return {
      directory,
      target: { store, newSha256 },
      signal: new AbortController().signal,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function newSha256() {
  const hash = createHash("sha256");
  return {
    update: (bytes: Uint8Array) => void hash.update(bytes),
    digest: () => new Uint8Array(hash.digest()),
  };
}
