/**
 * The process that stays, of `testing_warm_process.ts`: reads command lines, one a line as JSON, and
 * writes what each left behind, one a line too.
 *
 * @module
 */
import { main } from "./main.ts";
import type { CommandLineRun } from "./testing_command_line.ts";
import type { WarmCommandLine } from "./testing_warm_process.ts";

async function run({ args, directory }: WarmCommandLine): Promise<CommandLineRun> {
  Deno.chdir(directory);
  Deno.env.set("INIT_CWD", directory);
  let stdout = "", stderr = "";
  const decoder = new TextDecoder();
  console.error = console.warn = (...values: unknown[]) => stderr += `${values.join(" ")}\n`;
  console.log = console.info = (...values: unknown[]) => stdout += `${values.join(" ")}\n`;
  Deno.stderr.writeSync = (bytes) => {
    stderr += decoder.decode(bytes);
    return bytes.length;
  };
  const code = await main(args, console.log, console.error);
  return { code, stdout, stderr };
}

const encoder = new TextEncoder();
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    let bytes = encoder.encode(JSON.stringify(await run(JSON.parse(line))) + "\n");
    while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
  }
}
