import { onStop, stopped } from "./on_stop.ts";

/** Time that children get to end by themselves, milliseconds. */
const PATIENCE_MS = 3000;
const LOOK_EVERY_MS = 50;
/** After Ctrl-C, which a terminal sends to children as well, they end by themselves for so long. */
const OWN_END_MS = 2000;

/**
 * Starts a program that ends with this process: when that is told to stop, the program and all that
 * it has started are told so too, and killed after a few seconds.
 *
 * @param use Waits for what is needed of the program.
 */
export async function runChild<T>(
  command: Deno.Command,
  use: (child: Deno.ChildProcess) => Promise<T>,
): Promise<T> {
  const running = { hasEnded: false } as { child?: Deno.ChildProcess; hasEnded: boolean };
  let ended: Promise<unknown> = Promise.resolve();
  // Listened to before the child is there: a signal may come before the system has said that it is.
  const dispose = onStop(async (signal) => {
    if (running.child === undefined) return;
    if (signal === "SIGINT") await withinMs(ended, OWN_END_MS);
    if (!running.hasEnded) await end(running.child, ended);
  });
  const child = running.child = spawnOr(command, dispose);
  ended = child.status.then(() => running.hasEnded = true);
  try {
    const result = await use(child);
    await ended;
    return result;
  } finally {
    // What stops this process ends the child too: that is no failure of the child to be told.
    await stopped();
    dispose();
    if (!running.hasEnded) await end(child, ended);
  }
}

/** Starts a program; takes back what was to be done for it where it cannot be started. */
function spawnOr(command: Deno.Command, dispose: () => void): Deno.ChildProcess {
  try {
    return command.spawn();
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Waits for a promise, but not for longer. */
async function withinMs(promise: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([promise, new Promise((resolve) => timer = setTimeout(resolve, limitMs))]);
  clearTimeout(timer);
}

/** A process, with what tells it from a later one of the same number. */
interface ProcessMark {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
}

/** Ends a program and all that it has started, gently at first. */
async function end(child: Deno.ChildProcess, ended: Promise<unknown>): Promise<void> {
  let before: ProcessMark[];
  try {
    before = await processes();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    // Who may not look at the machine's processes leaves it to the program to end its own.
    return await endAlone(child, ended);
  }
  await endTree(child.pid, before);
}

async function endAlone(child: Deno.ChildProcess, ended: Promise<unknown>): Promise<void> {
  // A child may be told whatever the permissions are, a process by its number may not.
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  await ended;
  clearTimeout(timer);
}

async function endTree(pid: number, before: readonly ProcessMark[]): Promise<void> {
  const tree = treeOf(pid, before);
  const isAlive = (known: ProcessMark, now: readonly ProcessMark[]) =>
    now.some((other) => other.pid === known.pid && other.started === known.started);
  signal(pid, "SIGTERM");
  let left = tree;
  for (let waitedMs = 0; left.length > 0 && waitedMs < PATIENCE_MS; waitedMs += LOOK_EVERY_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const now = await processes();
    left = left.filter((known) => isAlive(known, now));
    // Without their parent nobody tells them: Jupyter's kernels have a session of their own.
    if (!left.some((known) => known.pid === pid)) {
      for (const known of left) signal(known.pid, "SIGTERM");
    }
  }
  const now = await processes();
  for (const known of left) if (isAlive(known, now)) signal(known.pid, "SIGKILL");
}

/** A process and its descendants; those that have ended and are not yet waited for left out. */
function treeOf(pid: number, all: readonly ProcessMark[]): ProcessMark[] {
  const tree = all.filter((known) => known.pid === pid);
  for (let i = 0; i < tree.length; i++) {
    tree.push(...all.filter((known) => known.parent === tree[i].pid));
  }
  return tree;
}

/** The processes of this machine that run; none where the system does not tell. */
async function processes(): Promise<ProcessMark[]> {
  if (Deno.build.os === "windows") return [];
  return Deno.build.os === "linux" ? processesOfLinux() : await processesByPs();
}

function processesOfLinux(): ProcessMark[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name).flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    let text: string;
    try {
      text = Deno.readTextFileSync(`/proc/${name}/stat`);
    } catch {
      return [];
    }
    // "PID (NAME) STATE PARENT ...", the start as the 22nd; the name may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return [];
    return [{ pid: Number(name), parent: Number(fields[1]), started: fields[19] }];
  });
}

async function processesByPs(): Promise<ProcessMark[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-A", "-o", "pid=,ppid=,state=,lstart="],
    env: { LC_ALL: "C" },
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [, pid, parent, state, started] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), started }];
  });
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch {
    // It has ended in the meantime.
  }
}
