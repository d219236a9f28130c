import { equal, match, ok } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { simulate } from "../../run/simulate.ts";
import { runCommandLine } from "../testing_command_line.ts";
import { kvSensitivity, mayHangOnBlocks } from "./kv_sensitivity.ts";

/** Requests of 200 blocks at most each: four fit into a few more blocks than 780, three into fewer. */
function config(blocks: number) {
  return `
model: { name: llama-3.1-8b, max_model_len: 4096 }
workload:
  type: poisson
  arrival_rate: 2.5
  num_requests: 500
  prompt_length: { distribution: constant, mean: 3000 }
  decode_length: { distribution: constant, mean: 200 }
memory: { num_gpu_blocks: ${blocks} }
scaling: { enabled: false }
cold_start: { enabled: false }
`;
}

async function noticeOf(yaml: string): Promise<string | undefined> {
  const loaded = loadConfig(yaml);
  return await kvSensitivity(loaded, {}, await simulate(loaded));
}

Deno.test("a tail that hangs on 3 % of KV blocks is told, with both tails", async () => {
  const notice = await noticeOf(config(780));
  match(
    notice!,
    /^KV blocks decide the tail: with 3 % fewer of them the p99 of TTFT is .* more .*/,
  );
});

Deno.test("ample KV blocks are not tried, and a full cache that changes little is not told", async () => {
  const ample = await simulate(loadConfig(config(20_000)));
  ok(!mayHangOnBlocks(ample));
  equal(await noticeOf(config(20_000)), undefined);
  ok(mayHangOnBlocks(await simulate(loadConfig(config(640)))));
  equal(await noticeOf(config(640)), undefined);
});

Deno.test("the command simulate tells it in its notes, and the digest is the same without", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/run.yaml`, config(780));
    const args = ["simulate", "run.yaml", "--quiet"];
    const told = await runCommandLine(args, { directory });
    match(told.stdout, /Note: KV blocks decide the tail/);
    const off = await runCommandLine([...args, "--set", "metrics.kv_sensitivity=false"], {
      directory,
    });
    ok(!off.stdout.includes("KV blocks decide"));
    const digest = (text: string) => /digest +(\w+)/.exec(text)?.[1];
    equal(digest(told.stdout), digest(off.stdout));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
