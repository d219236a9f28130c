import assert from "#assert";
import { findExternalData } from "../results/external_data.ts";
import { parse } from "../std/csv.ts";
import { elementwiseSecondsOf } from "./elementwise_seconds.ts";

const measured = findExternalData("h200-measured", "elementwise.csv");

Deno.test({
  name:
    "norms, activations and rotary embedding take what an H200 takes, 20 % off in the mean (needs reference data)",
  ignore: measured === undefined,
  fn() {
    const seconds = elementwiseSecondsOf(4.8e12);
    const errors = parse(Deno.readTextFileSync(measured!), { skipFirstRow: true })
      .filter(({ op }) => ["add_rms", "silu_mul", "rope_cache"].includes(op!))
      .map(({ bytes, us }) => seconds(Number(bytes)) / (1e-6 * Number(us)) - 1);
    assert.ok(errors.length >= 90);
    const mean = (of: (error: number) => number) =>
      errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
    assert.ok(mean(Math.abs) < 0.2, `${mean(Math.abs)}`);
    assert.ok(Math.abs(mean((error) => error)) < 0.05, `${mean((error) => error)}`);
  },
});

Deno.test("small kernels take 1.1 to 1.7 us on any GPU, large ones their bytes", () => {
  for (const bandwidth of [3e11, 2e12, 8e12]) {
    const seconds = elementwiseSecondsOf(bandwidth);
    assert.ok(seconds(0) >= 1.1e-6 && seconds(0.2e-6 * bandwidth) <= 1.7e-6);
    assert.ok(Math.abs(seconds(1e-3 * bandwidth) / (1e-3 / 0.8) - 1) < 0.01);
  }
});
