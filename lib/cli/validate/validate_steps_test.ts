import assert from "#assert";
import { validateCommand } from "./validate.ts";

async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  assert.equal(await validateCommand.run(args, (line) => lines.push(line)), 0);
  return lines.join("\n");
}

Deno.test("validate --steps compares an engine's log with a profile and says what the host takes", async () => {
  const folder = Deno.makeTempDirSync();
  const log = `${folder}/vllm.log`;
  const line = (decodes: number, ms: number) =>
    `INFO Iteration(1): 0 context requests, 0 context tokens, ${decodes} generation requests, ` +
    `${decodes} generation tokens, iteration elapsed time: ${ms} ms`;
  Deno.writeTextFileSync(log, [line(1, 5), line(8, 5.4), line(32, 7), "Iteration(2): "].join("\n"));
  const model = ["--model", "llama-3.1-8b"];
  const profile = ["--profile", "h200-sxm-torch"];
  const said = await run("--steps", log, ...model, ...profile, "--context", "1000");
  assert.match(said, /^3 steps of vLLM's log, predicted as profiled h200-sxm llama-3\.1-8b tp1/);
  assert.match(said, /1 broken lines are skipped/);
  assert.match(said, /3 steps have 1000 KV entries per decoding sequence/);
  assert.match(said, /\ndecodes +3 /);
  assert.match(said, /overheads: \{step_seconds: 0\.000\d+, sequence_seconds: /);
  assert.match(
    await run("--steps", log, ...model, "--gpu", "H200", "--context", "9"),
    /analytical/,
  );
  const wrong: [string[], RegExp][] = [
    [["--profile", "x"], /Cannot use --profile without --steps FILE/],
    [["--steps", log], /without --model NAME/],
    [["--steps", log, ...model, ...profile], /3 steps whose contexts .* without --context TOKENS/],
    [["--steps", log, ...model, "--context", "9"], /without one of --profile NAME and --gpu GPU/],
    [["--steps", log, ...model, ...profile, "--gpu", "H100", "--context", "9"], /one of --profile/],
    [["--steps", log, ...model, ...profile, "--context", "-2"], /--context as a whole number > 0/],
    [["--steps", log, "--model", "llama", ...profile, "--context", "9"], /Cannot find a model/],
    [["--steps", `${folder}/no.log`, ...model], /no\.log/],
    [["--steps", "deno.json", ...model], /as steps of an engine/],
  ];
  for (const [args, message] of wrong) {
    await assert.rejects(run(...args), message, args.join(" "));
  }
  Deno.removeSync(folder, { recursive: true });
});
