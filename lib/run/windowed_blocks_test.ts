import assert from "#assert";
import { loadConfig } from "../config/load.ts";
import { buildCluster } from "./cluster.ts";

const MODEL = "model: { name: gpt-oss-20b }";

async function blocksOf(...texts: string[]) {
  const { facts } = await buildCluster(loadConfig([MODEL, ...texts]));
  return facts.map(({ kvBlocks }) => kvBlocks);
}

const lengths = (prompt: number, output: number) => `
  workload: { type: poisson, arrival_rate: 1, num_requests: 50,
              prompt_length: { distribution: constant, value: ${prompt} },
              decode_length: { distribution: constant, value: ${output} } }`;

Deno.test("a windowed model's blocks hold as many sequences of the mean length as its pool does", async () => {
  const [short] = await blocksOf(lengths(100, 28));
  const [long] = await blocksOf(lengths(16_000, 384));
  // Two groups: of 128 tokens each takes eight blocks, of 16,384 one takes 1,024 and one nine.
  const pool = 2 * (short + 1);
  assert.ok(Math.abs((long + 1) / (pool * 1024 / 1033) - 1) < 1e-4, `${long} of ${pool}`);
});

Deno.test("each function's requests count for its own blocks", async () => {
  const functions = `
    functions: [{ name: short, model: { name: gpt-oss-20b } }, { name: plain, model: { name: llama-2-7b } }]`;
  const [windowed, plain] = await blocksOf(lengths(1000, 24), functions);
  const [alone] = await blocksOf(lengths(1000, 24));
  assert.equal(windowed, alone);
  const [other] = await blocksOf(lengths(1000, 24), "model: { name: llama-2-7b }");
  assert.equal(plain, other);
});
