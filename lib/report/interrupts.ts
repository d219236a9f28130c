import type { Attendance } from "../run/attendance.ts";

/** Two interrupts within this time end the kernel, milliseconds. */
const AGAIN_WITHIN_MS = 1000;

/** What an interrupt stops: one for each run, sweep or whatever else is under way. */
const running = new Set<AbortController>();

/**
 * Something that a notebook's stop button stops begins: its signal, and what to call when it is over.
 *
 * @example
 * ```ts ignore
 * const { signal, end } = beginInterruptible();
 * try {
 *   return await replicate(config, { workers: 4, signal });
 * } finally {
 *   end();
 * }
 * ```
 */
export function beginInterruptible(): Required<Pick<Attendance, "signal" | "end">> {
  const controller = new AbortController();
  running.add(controller);
  return { signal: controller.signal, end: () => void running.delete(controller) };
}

/** Stops all that is under way. */
export function interruptAll(): void {
  for (const controller of [...running]) controller.abort();
}

/**
 * In a kernel of notebooks, an interrupt (SIGINT) from now on stops runs and leaves the kernel with all
 * its variables; a second one within a second ends the kernel, as the first would without this.
 * Elsewhere nothing changes: Ctrl-C is to end a program.
 *
 * @returns Whether this is a kernel.
 */
export function listenForInterrupts(): boolean {
  if (!isKernel()) return false;
  let endsKernel = false;
  Deno.addSignalListener("SIGINT", () => {
    if (endsKernel && !hasLauncher()) Deno.exit(130);
    endsKernel = true;
    Deno.unrefTimer(setTimeout(() => endsKernel = false, AGAIN_WITHIN_MS));
    interruptAll();
  });
  return true;
}

/** Whether the kernel that "deno task jupyter" starts sees to a second interrupt itself. */
function hasLauncher(): boolean {
  return Symbol.for("simfaasinfer.launcher") in globalThis;
}

/** Whether this program is the kernel of a notebook. */
export function isKernel(): boolean {
  try {
    return Deno.jupyter !== undefined;
  } catch {
    return false;
  }
}
