/** A Slurm of the tests' own on loopback. */
export interface OwnSlurm {
  /** Path of its slurm.conf: what `SLURM_CONF` is set to for whoever is to use it. */
  readonly conf: string;
  /** Runs one of Slurm's programs, and gives what it prints. */
  call(program: string, ...args: readonly string[]): Promise<string>;
  /** Kills all that runs on a virtual node, from 1, and tells the controller that the node is down. */
  endNode(number: number): Promise<void>;
  /** Starts it again. */
  beginNode(number: number): Promise<void>;
  /** Ends all of it and removes its folder. */
  stop(): Promise<void>;
}

const script = (name: string) =>
  decodeURIComponent(new URL(`./${name}.sh`, import.meta.url).pathname);

async function output(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The processes of tasks on a node of ours, and what watches over them. */
function processesOf(conf: string, node: string) {
  const processes: number[] = [];
  const steps = new Set<number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    try {
      const environment = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0");
      const isOurs = environment.includes(`SLURM_CONF=${conf}`) &&
        environment.includes(`SLURMD_NODENAME=${node}`);
      if (!isOurs) continue;
      processes.push(Number(name));
      const parent = /^PPid:\s*(\d+)$/m.exec(Deno.readTextFileSync(`/proc/${name}/status`))![1];
      const watcher = Deno.readTextFileSync(`/proc/${parent}/comm`).trim();
      if (watcher === "slurmstepd") steps.add(Number(parent));
    } catch {
      // No process, or one that has ended.
    }
  }
  return { processes, steps: [...steps] };
}

/** Whether Slurm is installed and may be started here. */
export function hasSlurm(): boolean {
  const folders = ["/usr/bin", "/usr/sbin", ...(Deno.env.get("PATH") ?? "").split(":")];
  const isThere = (program: string) =>
    folders.some((folder) => {
      try {
        return Deno.statSync(`${folder}/${program}`).isFile;
      } catch {
        return false;
      }
    });
  return Deno.build.os === "linux" && Deno.uid() === 0 &&
    ["munged", "slurmctld", "slurmd", "sbatch"].every(isThere);
}

/** Starts a Slurm of two virtual nodes of two processors each; it takes about a second. */
export async function startSlurm(): Promise<OwnSlurm> {
  const folder = await Deno.makeTempDir({ prefix: "simfaas-slurm-" });
  const stop = async () => {
    await output("bash", [script("slurm_down"), folder]);
    await Deno.remove(folder, { recursive: true });
  };
  const { code, stderr } = await output("bash", [
    script("slurm_up"),
    folder,
    "2",
    String(Deno.pid),
  ]);
  if (code !== 0) {
    await stop();
    throw new Error(`Slurm does not start: ${stderr}`);
  }
  const conf = `${folder}/slurm.conf`;
  const call = async (program: string, ...args: readonly string[]) => {
    const done = await output(program, args, {
      SLURM_CONF: conf,
      PATH: `${Deno.env.get("PATH")}:/usr/sbin`,
    });
    if (done.code !== 0) throw new Error(`${program}: ${done.stderr}`);
    return done.stdout;
  };
  return {
    conf,
    call,
    async endNode(number) {
      const pid = Number(await Deno.readTextFile(`${folder}/slurmd-n${number}.pid`));
      const tasks = processesOf(conf, `n${number}`);
      for (const one of [pid, ...tasks.steps, ...tasks.processes]) kill(one);
      await call("scontrol", "update", `NodeName=n${number}`, "State=DOWN", "Reason=test");
    },
    async beginNode(number) {
      await call("slurmd", "-N", `n${number}`);
    },
    stop,
  };
}
