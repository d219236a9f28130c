import { equal, ok } from "#assert";
import { stepOf } from "../../tests/conformance/execution_laws.ts";
import { gpuNamed } from "../hardware/mod.ts";
import { modelShape } from "../models/mod.ts";
import { analytical } from "./analytical/mod.ts";
import { withFusedNorm } from "./fused_norm.ts";
import { profiled, shippedProfile } from "./profiled/mod.ts";

Deno.test("withFusedNorm() saves the launch and half of the bytes of a norm, up to the limit", () => {
  const allReduce = (bytes: number) => bytes === 0 ? 0 : 8e-6 + bytes / 1e11;
  const elementwise = (bytes: number) => 3e-6 + bytes / 1e12;
  const fused = withFusedNorm(allReduce, elementwise, 1e6);
  const saved = allReduce(1e6) - fused(1e6);
  ok(Math.abs(saved - (3e-6 + 2e6 / 1e12)) < 1e-15, `${saved}`);
  equal(fused(1e6 + 1), allReduce(1e6 + 1));
  equal(withFusedNorm(allReduce, elementwise), allReduce, "off costs nothing");
  equal(withFusedNorm(() => 0, elementwise, 1e6)(100), 0, "no all-reduce, nothing to fuse with");
});

Deno.test("norms in all-reduces shorten decode steps by two launches a layer, and long prompts not", () => {
  const shape = modelShape("llama-3.1-70b");
  const common = { shape, tensorParallel: 4 };
  const sources = (fusedNormBytes: number) => [
    analytical({ ...common, gpu: gpuNamed("h100-sxm"), fusedNormBytes }),
    profiled({
      ...common,
      profile: shippedProfile("h100-sxm"),
      weightDtype: "bf16",
      maxTokensPerStep: 8192,
      fusedNormBytes,
    }),
  ];
  const [plain, fused] = [sources(0), sources(1 << 20)];
  plain.forEach((model, i) => {
    const decodes = stepOf(16, 16 * 1024);
    const perNorm = (model.stepSeconds(decodes) - fused[i].stepSeconds(decodes)) / 160;
    ok(perNorm > 1e-6 && perNorm < 4e-6, `${perNorm} s a norm`);
    const prompt = { ...stepOf(0, 0), chunkCount: 1, chunkTokens: Int32Array.of(4096) };
    const long = { ...prompt, chunkPastTokens: Int32Array.of(0), sampledSequences: 1 };
    equal(fused[i].stepSeconds(long), model.stepSeconds(long));
  });
});
