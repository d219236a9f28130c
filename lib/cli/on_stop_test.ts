import { equal, ok } from "#assert";

const PROGRAM = new URL("./testing_stop.ts", import.meta.url).href;
const CONFIG = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Starts the program, sends the signal when it says "ready", and calls `check` with its end. */
async function stopped(
  kind: string,
  signal: keyof typeof SIGNALS,
  check: (end: { code: number; byDefault: boolean; file: string }) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/file`;
    await using child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--config", CONFIG, PROGRAM, kind, file],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("ready")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`${kind} ended early`);
      said += value;
    }
    child.kill(signal);
    const { code, signal: by } = await child.status;
    await reader.cancel();
    await check({ code, byDefault: by === signal, file });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

const ignore = Deno.build.os !== "linux";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: `onStop() has things done at ${signal}, the latest first, and ends with its code`,
    ignore,
    async fn() {
      await stopped("cleanup", signal, ({ code, byDefault, file }) => {
        equal(byDefault, false);
        equal(code, SIGNALS[signal]);
        equal(Deno.readTextFileSync(file), "last\nfirst\n");
      });
    },
  });
}

Deno.test({
  name: "a process with nothing to clean is ended by the system at once, be it busy",
  ignore,
  async fn() {
    await stopped("nothing", "SIGTERM", ({ code, byDefault }) => {
      equal(byDefault, true);
      equal(code, 143);
    });
  },
});

Deno.test({
  name: "withTemporaryFolder() removes the folder of a process that is told to end",
  ignore,
  async fn() {
    await stopped("folder", "SIGTERM", ({ code, file }) => {
      equal(code, 143);
      let isThere = true;
      try {
        Deno.statSync(Deno.readTextFileSync(file));
      } catch {
        isThere = false;
      }
      equal(isThere, false);
    });
  },
});

Deno.test({
  name: "runChild() ends the child and what it started, be they deaf or in a session of their own",
  ignore,
  async fn() {
    await stopped("child", "SIGTERM", async ({ code, file }) => {
      equal(code, 143);
      const pids = Deno.readTextFileSync(file).trim().split("\n").map(Number);
      equal(pids.length, 2);
      // What was killed last may take a moment to be gone.
      for (let look = 0; look < 200 && pids.some(isAlive); look++) {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      for (const pid of pids) ok(pid > 0 && !isAlive(pid), `${pid} lives`);
    });
  },
});
