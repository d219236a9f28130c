import { ok } from "#assert";
import fc from "fast-check";
import { gpuNamed, layerEfficiency } from "../hardware/mod.ts";
import { ALL_TO_ALL_MODES, allToAllSeconds, exchangeSeconds } from "./all_to_all.ts";

const place = (gpu: string, machines: number) => {
  const { link, generation } = gpuNamed(gpu);
  return {
    efficiency: layerEfficiency(generation).allToAll,
    link,
    ranks: 8 * machines,
    ...(machines > 1 && { network: { machines, bytesPerSecond: 50e9 } }),
  };
};
const DEEPSEEK = { hiddenSize: 7168, experts: 256, perToken: 8, dispatchBytes: 1 };

const cases = fc.record({
  gpu: fc.constantFrom("H100", "H200", "B200", "A100", "L40S"),
  machines: fc.constantFrom(1, 2, 4, 8),
  mode: fc.constantFrom(...ALL_TO_ALL_MODES),
  layer: fc.record({
    hiddenSize: fc.constantFrom(1024, 2880, 7168),
    experts: fc.constantFrom(8, 64, 128, 256, 384),
    perToken: fc.constantFrom(1, 2, 6, 8),
    dispatchBytes: fc.constantFrom(1, 2),
  }),
  tokens: fc.integer({ min: 1, max: 20_000 }),
});

Deno.test("an exchange never takes less for more tokens, wider ones or more of their experts", () => {
  fc.assert(
    fc.property(
      cases,
      fc.integer({ min: 1, max: 500 }),
      ({ gpu, machines, mode, layer, tokens }, added) => {
        const on = place(gpu, machines);
        const seconds = allToAllSeconds(on, layer, mode, tokens);
        const { hiddenSize, perToken } = layer;
        ok(allToAllSeconds(on, layer, mode, tokens + added) >= seconds);
        ok(
          allToAllSeconds(on, { ...layer, hiddenSize: hiddenSize + 128 }, mode, tokens) >= seconds,
        );
        ok(allToAllSeconds(on, { ...layer, perToken: perToken + 1 }, mode, tokens) >= seconds);
        ok(allToAllSeconds({ ...on, ranks: 1 }, layer, mode, tokens) === 0);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("an exchange is no faster than the links that its bytes have to pass", () => {
  fc.assert(
    fc.property(cases, ({ gpu, machines, layer, tokens }) => {
      const on = place(gpu, machines);
      const { hiddenSize, perToken, dispatchBytes } = layer;
      for (const mode of ["low-latency", "normal"] as const) {
        for (const direction of ["dispatch", "combine"] as const) {
          const size = tokens * hiddenSize * (direction === "dispatch" ? dispatchBytes : 2);
          // To each expert by itself, or once to each place that has one; a share of them is here.
          const copies = (places: number) =>
            mode === "low-latency" ? perToken : places * (1 - (1 - 1 / places) ** perToken);
          const link = size * copies(on.ranks) * (1 / machines) * 7 / 8 / on.link.bytesPerSecond;
          const network = size * copies(machines) * (1 - 1 / machines) / 50e9;
          const seconds = exchangeSeconds(on, layer, mode, direction, tokens);
          ok(seconds >= Math.max(link, machines === 1 ? 0 : network), `${mode} ${direction}`);
        }
      }
    }),
    { seed: 2, numRuns: 300 },
  );
});

Deno.test("32 tokens of DeepSeek-V3 take what the arithmetic of their bytes says, and some more", () => {
  // (1 + 2 bytes) x 32 tokens x 9 experts x 7,168 over 50 GB/s, of which 1 / 18 stays on its machine.
  // @source DeepSeek, "Insights into DeepSeek-V3" (2025), section 2.3.2: 120.96 us with 7,000 numbers
  const bytes = 3 * 32 * 9 * 7168 / 50e9;
  const nine = { ...DEEPSEEK, perToken: 9 };
  const seconds = allToAllSeconds(place("H100", 18), nine, "low-latency", 32);
  ok(seconds > 17 / 18 * bytes && seconds < 1.9 * bytes, `${1e6 * seconds} us`);
});
