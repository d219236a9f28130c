/** Exit codes of a process that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
/** A signal that tells the process to stop. */
export type StopSignal = keyof typeof EXIT_CODES;

/** What is to be done when the process is told to stop, and by what; may take a moment. */
export type Cleanup = (signal: StopSignal) => void | Promise<void>;

/**
 * Signals so soon after the first one are that one, milliseconds: a terminal sends Ctrl-C to the task
 * and to this process, and the task passes its own on.
 */
const SAME_SIGNAL_MS = 500;

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
let stoppedAtMs = 0;

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
  const own: Cleanup = (signal) => cleanup(signal);
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
  if (isStopping) {
    if (performance.now() - stoppedAtMs < SAME_SIGNAL_MS) return;
    end(code);
  }
  isStopping = true;
  stoppedAtMs = performance.now();
  for (const cleanup of [...cleanups].reverse()) {
    try {
      await cleanup(signal);
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
