/**
 * The program in a process that stays: a command line costs what it does and not what loading the
 * program takes each time, which is nearly all of what a small one takes. What belongs to the process
 * itself (signals, standard input, exit, time) is for `runCommandLine`, which starts one.
 *
 * @module
 */
import type { CommandLineRun } from "./testing_command_line.ts";

/** A command line for the process that stays. */
export interface WarmCommandLine {
  readonly args: readonly string[];
  /** Working directory. */
  readonly directory: string;
}

const [config, lock] = ["deno.json", "deno.lock"].map((name) =>
  decodeURIComponent(new URL(`../../${name}`, import.meta.url).pathname)
);

// Started with the module, so that it belongs to no test; it ends with its standard input.
const child = new Deno.Command(Deno.execPath(), {
  args: [
    ...["run", "--quiet", "-A", "--config", config, "--lock", lock],
    new URL("./testing_warm_main.ts", import.meta.url).href,
  ],
  env: { NO_COLOR: "1" },
  stdin: "piped",
  stdout: "piped",
  stderr: "inherit",
}).spawn();
const requests = child.stdin.getWriter();
const answers = child.stdout.getReader();
const decoder = new TextDecoder();
let before: Promise<unknown> = Promise.resolve();

/**
 * Runs the program in the process that stays, one command line after the other, each in its directory.
 * Modules of a user's that were loaded stay as they are: for changed ones start a process.
 */
export function runInWarmProcess(
  args: readonly string[],
  { directory }: Pick<WarmCommandLine, "directory">,
): Promise<CommandLineRun> {
  const here = directory.startsWith("/") ? directory : `${Deno.cwd()}/${directory}`;
  const answer = before.then(() => ask({ args, directory: here }));
  before = answer.catch(() => undefined);
  return answer;
}

async function ask(line: WarmCommandLine): Promise<CommandLineRun> {
  await requests.write(new TextEncoder().encode(JSON.stringify(line) + "\n"));
  let text = "";
  while (!text.endsWith("\n")) {
    const { done, value } = await answers.read();
    if (done) throw new Error(`The process ended while it ran ${line.args.join(" ")}: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  return JSON.parse(text);
}
