import { equal } from "#assert";
import { modelShape } from "./catalogue.ts";
import { kvBytesPerToken, stateBytesPerSequence } from "./kv_bytes_per_token.ts";
import { kvWireBytes } from "./kv_wire_bytes.ts";

Deno.test("what is sent of KV heads is what the receiving ranks hold of them", () => {
  const shape = modelShape("llama-3.1-8b");
  // 8 KV heads.
  for (const [ranks, copies] of [[1, 1], [8, 1], [16, 2]]) {
    equal(kvWireBytes(shape, 2, ranks)(0, 100), copies * 100 * kvBytesPerToken(shape, 2));
  }
  equal(kvWireBytes(shape, 2, 1)(40, 100), 60 * kvBytesPerToken(shape, 2));
  // Qwen3-235B: 4 heads on 8 ranks, as Mooncake's page has it: 49 MB for 128 tokens.
  equal(kvWireBytes(modelShape("qwen3-235b-a22b"), 2, 8)(0, 128), 2 * 128 * 2 * 94 * 4 * 128 * 2);
});

Deno.test("a latent is sent once, a window as far as it reaches, a state as a whole", () => {
  const latent = modelShape("deepseek-v3");
  equal(kvWireBytes(latent, 2, 8)(0, 10), 10 * 61 * (512 + 64) * 2);
  const windows = modelShape("gemma-3-27b");
  const send = kvWireBytes(windows, 2, 1);
  // 62 layers, of which 10 see the whole sequence and 52 the last 1,024 tokens.
  equal(send(0, 1024), 1024 * kvBytesPerToken(windows, 2));
  equal(send(0, 11_024) - send(0, 1024), 10_000 * kvBytesPerToken(windows, 2) * 10 / 62);
  const recurrent = modelShape("qwen3-next-80b-a3b");
  const state = stateBytesPerSequence(recurrent);
  equal(kvWireBytes(recurrent, 2, 1)(0, 0), state);
  equal(kvWireBytes(recurrent, 2, 1)(0, 50), 50 * kvBytesPerToken(recurrent, 2) + state);
});
