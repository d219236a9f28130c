import assert from "#assert";
import fc from "fast-check";
import { stepOf } from "../../tests/conformance/execution_laws.ts";
import { gpuNamed } from "../hardware/gpu_catalogue.ts";
import { modelShape } from "../models/catalogue.ts";
import { analytical } from "./analytical/mod.ts";
import {
  linkAllGatherSeconds,
  linkAllReduceSeconds,
  type LinkTimes,
  parseNcclTests,
} from "./gpu_link.ts";
import { profiled, shippedProfile } from "./profiled/mod.ts";

const OUTPUT =
  `# nThread 1 nGpus 4 minBytes 8192 maxBytes 134217728 step: 16(factor) warmup iters: 5
#
# Using devices
#  Rank  0 Group  0 Pid  100 on      node device  0 [0x01] NVIDIA Test
#  Rank  1 Group  0 Pid  100 on      node device  1 [0x02] NVIDIA Test
#  Rank  2 Group  0 Pid  100 on      node device  2 [0x03] NVIDIA Test
#  Rank  3 Group  0 Pid  100 on      node device  3 [0x04] NVIDIA Test
#
#                                                              out-of-place                       in-place
#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
        8192          2048     float     sum      -1    20.00    0.41    0.61      0    19.80    0.41    0.62      0
      131072         32768     float     sum      -1    19.00    6.90   10.35      0    18.50    7.09   10.63      0
     2097152        524288     float     sum      -1   120.00   17.48   26.21      0   119.00   17.62   26.43      0
    33554432       8388608     float     sum      -1  1500.00   22.37   33.55      0  1499.00   22.38   33.58      0
# Out of bounds values : 0 OK
# Avg bus bandwidth    : 17.7
`;

const table = parseNcclTests(OUTPUT);

Deno.test("the output of nccl-tests is read as it is", () => {
  assert.deepEqual(table, {
    ranks: 4,
    bytes: [8192, 131072, 2097152, 33554432],
    // 19 us after 20 is no gain from more bytes.
    seconds: [20, 20, 120, 1500].map((microseconds) => microseconds * 1e-6),
  });
  const near = (bytes: number, microseconds: number, ranks = 4) => {
    const seconds = linkAllReduceSeconds(table, ranks, bytes);
    assert.ok(Math.abs(1e6 * seconds / microseconds - 1) < 1e-9, `${bytes} bytes: ${seconds} s`);
  };
  near(100, 20);
  near((131072 + 2097152) / 2, 70);
  near(2 * 33554432, 3000);
  near(2097152, 120 * (1 / 2) / (3 / 4), 2);
});

Deno.test("what is no output of nccl-tests is refused", () => {
  for (const text of ["", "8192 2048", OUTPUT.replaceAll("#  Rank", "# rank")]) {
    assert.throws(() => parseNcclTests(text), SyntaxError);
  }
});

Deno.test("a link takes never less for more bytes or more latency, and nothing for one GPU", () => {
  const stated = fc.record({
    bytesPerSecond: fc.double({ min: 1e9, max: 1e12, noNaN: true }),
    latencySeconds: fc.double({ min: 0, max: 1e-4, noNaN: true }),
  });
  fc.assert(fc.property(
    fc.oneof(stated, fc.constant<LinkTimes>(table)),
    fc.constantFrom(2, 4, 8),
    fc.integer({ min: 1, max: 1e9 }),
    fc.integer({ min: 0, max: 1e9 }),
    (link, ranks, bytes, more) => {
      const seconds = linkAllReduceSeconds(link, ranks, bytes);
      assert.ok(linkAllReduceSeconds(link, ranks, bytes + more) >= seconds * (1 - 1e-12));
      assert.ok(linkAllGatherSeconds(link, ranks, bytes) <= seconds * (1 + 1e-12));
      assert.equal(linkAllReduceSeconds(link, 1, bytes), 0);
      if (!("bytesPerSecond" in link)) return;
      // Neither regime beats what the link carries.
      const ring = 2 * (ranks - 1) / ranks * bytes / link.bytesPerSecond;
      assert.ok(seconds >= (ring + link.latencySeconds) * (1 - 1e-12));
    },
  ));
});

Deno.test("a slower link makes every step of several GPUs longer, by the bytes it carries", () => {
  const shape = modelShape("llama-3.1-8b");
  const profile = shippedProfile("rtx-pro-6000");
  const gpu = gpuNamed("rtx-pro-6000");
  const link = (bytesPerSecond: number) => ({ bytesPerSecond, latencySeconds: 10e-6 });
  const prompt = stepOf(0, 0, [[2048, 0]]);
  const bytes = 2 * 32 * 2 * 2048 * shape.hiddenSize;
  for (
    const of of [
      (gpuLink: LinkTimes) => profiled({ profile, shape, tensorParallel: 2, gpuLink }),
      (gpuLink: LinkTimes) => analytical({ gpu, shape, tensorParallel: 2, gpuLink }),
    ]
  ) {
    const more = of(link(16e9)).stepSeconds(prompt) - of(link(32e9)).stepSeconds(prompt);
    const wanted = bytes / 16e9 - bytes / 32e9;
    assert.ok(Math.abs(more / wanted - 1) < 0.02, `${more} s, not ${wanted} s`);
  }
});
