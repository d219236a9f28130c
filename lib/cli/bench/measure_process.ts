import { withTemporaryFolder } from "../on_stop.ts";
import { runChild } from "../run_child.ts";
import type { RunTiming } from "../simulate/run_meter.ts";
import { UsageError } from "../usage_error.ts";

const CONFIG = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);
const MAIN = new URL("../main.ts", import.meta.url).href;

/** Runs Deno on one core where the system lets us choose, and waits for its end. */
async function runDeno(args: readonly string[]): Promise<string> {
  const core = await pinnedCore();
  const [command, before] = core === undefined
    ? [Deno.execPath(), []]
    : ["taskset", ["-c", core, Deno.execPath()]];
  const program = new Deno.Command(command, {
    args: [...before, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await runChild(program, (child) => child.output());
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) {
    throw new UsageError(`Cannot measure "deno ${args.join(" ")}": ${text(stderr).trim()}`);
  }
  return text(stdout);
}

let core: Promise<string | undefined> | undefined;

/** The last core that this process may use, for taskset; undefined where that is not there. */
export function pinnedCore(): Promise<string | undefined> {
  core ??= (async () => {
    try {
      const status = await Deno.readTextFile("/proc/self/status");
      const last = /^Cpus_allowed_list:\s*(?:.*[,-])?(\d+)$/m.exec(status)?.[1];
      if (last === undefined) return undefined;
      const { success } = await new Deno.Command("taskset", { args: ["-c", last, "true"] })
        .output();
      return success ? last : undefined;
    } catch {
      return undefined;
    }
  })();
  return core;
}

/**
 * Runs `simulate` as a user does and returns where its time went.
 *
 * @param args Arguments of the command.
 * @param flags Flags of V8, such as "--expose-gc".
 */
export async function measureSimulate(
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<RunTiming> {
  return await withTemporaryFolder("simfaas-timing-", async (folder) => {
    const file = `${folder}/timing.json`;
    const v8 = flags.length > 0 ? [`--v8-flags=${flags.join(",")}`] : [];
    const options = ["-A", "--config", CONFIG, ...v8];
    await runDeno(["run", ...options, MAIN, "simulate", ...args, "--quiet", "--timing", file]);
    return JSON.parse(await Deno.readTextFile(file)) as RunTiming;
  });
}

/** CPU seconds of a script in a process of its own, start-up of the runtime included. */
export async function measureScript(file: string, args: readonly string[]): Promise<number> {
  const url = new URL(`file://${Deno.realPathSync(file)}`).href;
  const code = `await import(${JSON.stringify(url)});` +
    `const { user, system } = (await import("node:process")).default.cpuUsage();` +
    `console.log("\\n" + (user + system));`;
  const printed = await runDeno(["eval", "--no-config", code, ...args]);
  return Number(printed.trimEnd().split("\n").at(-1)) / 1e6;
}
