import assert from "#assert";
import { ATTENTION_KERNELS } from "../hardware/attention_kernels.ts";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

/** Contexts from short to very long, few enough that the longest one counts. */
const BASE = `
model: { name: llama-3.1-8b }
cluster: { gpu_type: H200 }
workload:
  type: poisson
  arrival_rate: 12
  num_requests: 60
  prompt_length: { distribution: lognormal, mean: 2500, std: 6000, min: 10, max: 60000 }
  decode_length: { distribution: exponential, mean: 120, min: 2, max: 600 }
scaling: { enabled: false }
cold_start: { enabled: false }
`;

async function run(source: string, kernel: string, stepping: string) {
  const { summary, engine } = await simulate(loadConfig([
    BASE,
    `{ execution: { source: ${source}, attention_kernel: ${kernel} },` +
    ` simulation: { stepping: ${stepping} } }`,
  ]));
  const { digest, tpot_s } = summary;
  return { digest, tpot: tpot_s.mean!, leapt: engine.stepsLeapt, notices: engine.notices };
}

for (const source of ["analytical", "profiled"]) {
  Deno.test(`leaps of unequal contexts are single steps to the bit under each kernel, ${source}`, async () => {
    const tpots = new Map<string, number>();
    for (const kernel of ATTENTION_KERNELS) {
      const leaps = await run(source, kernel, "leap");
      const single = await run(source, kernel, "step");
      assert.equal(leaps.digest, single.digest, kernel);
      assert.ok(leaps.leapt > 0, kernel);
      tpots.set(kernel, leaps.tpot);
    }
    // Kernels of equal pieces are alike and the quickest.
    assert.equal(tpots.get("flashinfer"), tpots.get("flash-attention-3"));
    for (const kernel of ["flash-attention-2", "triton-unified", "triton-split"]) {
      assert.ok(tpots.get(kernel)! > tpots.get("flashinfer")!, kernel);
    }
  });
}

Deno.test("a kernel that the profile did not measure gets a word", async () => {
  const said = async (kernel: string) =>
    (await run("profiled", kernel, "leap")).notices.some((notice) =>
      /attention_kernel/.test(notice)
    );
  assert.deepEqual([await said("flash-attention-2"), await said("flash-attention-3")], [
    true,
    false,
  ]);
});
