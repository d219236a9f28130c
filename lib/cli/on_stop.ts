/** What is to be done when the process is told to stop; may take a moment. */
export type Cleanup = () => void | Promise<void>;

/** Exit codes of a process that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof EXIT_CODES;

/** Windows has no SIGTERM that a program could listen to. */
const SIGNALS: readonly StopSignal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

/** As it is now: an experiment's cell cannot call it meanwhile. */
const end = Deno.exit;

/** What is to be done, the latest last. */
const cleanups = new Set<Cleanup>();

const listeners = SIGNALS.map((signal) => ({ signal, listen: () => void stop(signal) }));
let isStopping = false;

/**
 * Has something done when the process is interrupted (Ctrl-C, SIGINT) or told to end (SIGTERM, as
 * Slurm and `timeout` send it): temporary files removed, children ended. Then the process ends with
 * code 130 or 143. A second signal ends it at once.
 *
 * While nothing is to be done the system's own way is in force, which ends a simulation at once: its
 * loop does not look up before it has ended.
 *
 * @returns What takes the cleanup back; it does nothing when called again.
 */
export function onStop(cleanup: Cleanup): () => void {
  if (cleanups.size === 0) {
    for (const { signal, listen } of listeners) Deno.addSignalListener(signal, listen);
  }
  // A function of its own, so that the same one may be given twice.
  const own: Cleanup = () => cleanup();
  cleanups.add(own);
  return () => {
    if (!cleanups.delete(own) || cleanups.size > 0 || isStopping) return;
    for (const { signal, listen } of listeners) Deno.removeSignalListener(signal, listen);
  };
}

/** Does not come back while the process is being stopped: nobody is to go on meanwhile. */
export async function stopped(): Promise<void> {
  if (isStopping) await new Promise(() => {});
}

async function stop(signal: StopSignal): Promise<void> {
  const code = EXIT_CODES[signal];
  if (isStopping) end(code);
  isStopping = true;
  for (const cleanup of [...cleanups].reverse()) {
    try {
      await cleanup();
    } catch (error) {
      console.error(`Cannot tidy up: ${error instanceof Error ? error.message : error}`);
    }
  }
  end(code);
}

/** Calls `use` with a new temporary folder, and removes that afterwards, also when interrupted. */
export async function withTemporaryFolder<T>(
  prefix: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix });
  const remove = () => Deno.removeSync(folder, { recursive: true });
  const dispose = onStop(remove);
  try {
    return await use(folder);
  } finally {
    await stopped();
    dispose();
    remove();
  }
}
