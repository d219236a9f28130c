import { equal } from "#assert";

const CONFIG = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);
const MAIN = new URL("../../lib/cli/main.ts", import.meta.url).href;

/** What {@link signalled} does beside starting a command. */
export interface SignalledOptions extends Pick<Deno.CommandOptions, "cwd" | "env"> {
  /** Whether the command is where the signal is to hit it; asked now and then. */
  readonly isReady: () => boolean;
  readonly signal: Deno.Signal;
  /** Called right before the signal is sent. */
  readonly before?: () => void;
}

/**
 * Starts the command line in a process of its own, sends it a signal once it is ready, and waits for
 * its end.
 */
export async function signalled(
  args: readonly string[],
  { isReady, signal, before, ...options }: SignalledOptions,
): Promise<Deno.CommandStatus> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", CONFIG, MAIN, ...args],
    ...options,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  while (!isReady() && !hasEnded) await new Promise((resolve) => setTimeout(resolve, 5));
  equal(hasEnded, false, "the command has ended before it was ready");
  before?.();
  child.kill(signal);
  return await child.status;
}
