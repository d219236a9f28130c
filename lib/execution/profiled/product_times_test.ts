import assert from "#assert";
import { modelShape } from "../../models/mod.ts";
import { shippedProfile } from "./catalogue.ts";
import { profiled } from "./profiled.ts";

Deno.test("a profile of single models says which matrices of another model are guesses", () => {
  const profile = shippedProfile("h200-sxm-torch");
  const noticesOf = (name: string, tensorParallel = 1, own = profile) =>
    profiled({ profile: own, shape: modelShape(name), tensorParallel }).notices ?? [];
  for (const name of ["llama-3.1-8b", "qwen3-32b"]) assert.deepEqual(noticesOf(name), []);
  // Its quarter was measured, the whole model was not.
  assert.deepEqual(noticesOf("llama-3.1-70b", 4), []);
  const [notice] = noticesOf("llama-3.1-70b");
  assert.match(
    notice,
    /^llama-3\.1-70b: weights of 10240 x 8192, .* were not measured on h200-sxm/,
  );
  // Tables of many shapes are made to be interpolated.
  assert.deepEqual(noticesOf("llama-3.1-70b", 1, shippedProfile("h200-sxm")), []);
});
