import { ok } from "#assert";

const ROOT = decodeURIComponent(new URL("../../../", import.meta.url).pathname);

/** Jupyter has to answer, and to end, within so long, milliseconds. */
const START_MS = 60_000;
const END_MS = 20_000;

/** A running Jupyter. */
export interface JupyterServer {
  /** Address of a page of it, with the token. */
  address(path: string): string;
  /** Ends it as Ctrl-C in its terminal does; fails if something of it is left. */
  interrupt(): Promise<void>;
}

/** Runs a command line of this repository's tasks in a folder; returns what it prints. */
export async function task(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", `--config=${ROOT}deno.json`, "--quiet", ...args],
    cwd: folder,
    // npx, which continuous integration calls Deno by, has one of its own that tasks would inherit.
    env: { NO_COLOR: "1", INIT_CWD: folder },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  ok(code === 0, text(stderr));
  return text(stdout);
}

/** Starts "deno task jupyter" in a folder; `own` is where its files and temporary ones go. */
export async function startJupyter(folder: string, own: string): Promise<JupyterServer> {
  const port = freePort();
  const token = crypto.randomUUID();
  const temporary = `${own}/tmp`;
  for (const name of ["tmp", "home", "data", "runtime"]) {
    await Deno.mkdir(`${own}/${name}`, { recursive: true });
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "jupyter", "--", "--no-browser", "--ip=127.0.0.1"]
      .concat([`--port=${port}`, "--port-retries=0", `--NotebookApp.token=${token}`])
      .concat(Deno.uid() === 0 ? ["--allow-root"] : []),
    cwd: folder,
    env: {
      NO_COLOR: "1",
      INIT_CWD: folder,
      TMPDIR: temporary,
      JUPYTER_CONFIG_DIR: `${own}/home`,
      JUPYTER_DATA_DIR: `${own}/data`,
      JUPYTER_RUNTIME_DIR: `${own}/runtime`,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    // A group of its own, as a terminal makes one: Ctrl-C is for all of it.
    detached: true,
  }).spawn();
  const said = new Response(child.stderr).text();
  let hasEnded = false;
  const ended = child.status.then(() => hasEnded = true);
  const address = (path: string) => `http://127.0.0.1:${port}/${path}?token=${token}`;
  const end = Date.now() + START_MS;
  while (!await answers(address("api/status"))) {
    if (hasEnded) throw new Error(`Jupyter has ended: ${await said}`);
    if (Date.now() > end) {
      Deno.kill(-child.pid, "SIGKILL");
      throw new Error(`Jupyter has not started within ${START_MS / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const interrupt = async () => {
    Deno.kill(-child.pid, "SIGINT");
    await ended;
    const last = Date.now() + END_MS;
    let left = [...processesIn(temporary), ...filesIn(temporary)];
    while (left.length > 0 && Date.now() < last) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      left = [...processesIn(temporary), ...filesIn(temporary)];
    }
    if (left.length > 0) tryToKill(-child.pid);
    ok(left.length === 0, `Ctrl-C leaves ${left.join(", ")}: ${await said}`);
  };
  return { address, interrupt };
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(address);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Processes whose temporary folder is this one: what Jupyter has started, in whatever session. */
function processesIn(temporary: string): string[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name).flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const isOurs = Deno.readTextFileSync(`/proc/${name}/environ`)
        .split("\0").includes(`TMPDIR=${temporary}`);
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      return isOurs && command !== "" ? [`process ${name} (${command.slice(0, 80)})`] : [];
    } catch {
      return [];
    }
  });
}

function filesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`);
}

function tryToKill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
