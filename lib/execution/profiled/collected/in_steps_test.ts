import assert from "#assert";
import fc from "fast-check";
import { parseProfile, writeProfile } from "../profile_text.ts";
import { profiled } from "../profiled.ts";
import { hostOverheads } from "./host_overheads.ts";
import { importCollected } from "./import_collected.ts";
import { collectedLine, parseCollectedRows } from "./rows.ts";
import { COLUMNS, flat, HEADS, lines, SHAPE, SHEET } from "./testing_rows.ts";

Deno.test("element-wise kernels take what steps lose without them, and never less than alone", () => {
  const ablation = (ms: number, withoutMs: number) =>
    collectedLine("ablation", {
      decodes: 1,
      context: 128,
      layers: 10,
      hidden: 512,
      columns: COLUMNS,
      inner: 1024,
      ms,
      without_ms: withoutMs,
    });
  const normSeconds = (...more: string[]) => {
    const { rows } = parseCollectedRows([...lines(flat), ...more].join("\n"));
    const { profile, notes } = importCollected(rows, { gpu: "mine", sheet: SHEET });
    const table = profile.tables.find(({ attributes }) => attributes.name === "add_norm")!;
    return { us: table.seconds[0] * 1e6, notes };
  };
  assert.ok(Math.abs(normSeconds().us - 101) < 1e-9);
  // Ten layers of four kernels of 101 us are 4.04 ms alone: 0.4 ms more are 10 us each.
  const { us, notes } = normSeconds(ablation(10, 10 - 4.44), ablation(9, 1), ablation(9, 9));
  assert.ok(Math.abs(us - 111) < 1e-6, String(us));
  assert.ok(notes.some((note) => /take 10\.00 us more than alone, as 3 steps/.test(note)));
  assert.ok(Math.abs(normSeconds(ablation(9, 8)).us - 101) < 1e-9);
});

Deno.test("a prompt's attention takes what a pair takes beyond both alone, decodes of unequal contexts a share", () => {
  const pair = (chunk: number, us: number) =>
    collectedLine("attention_pair", {
      decode_kernel: "k",
      prompt_kernel: "k",
      heads: 8,
      kv_heads: 2,
      head_size: 128,
      kv_dtype: "bf16",
      chunk,
      past: 0,
      decodes: 16,
      context: 128,
      us,
    });
  const unequal = (context: number, longest: number, us: number) =>
    collectedLine("decode_attention", { ...HEADS, batch: 16, context, longest, us });
  const read = (...more: string[]) => {
    const { rows } = parseCollectedRows([...lines(flat), ...more].join("\n"));
    return importCollected(rows, { gpu: "mine", sheet: SHEET }).profile;
  };
  const us = (profile: ReturnType<typeof read>, operator: string, cell: number) =>
    profile.tables.find((table) => table.operator === operator)!.seconds[cell] * 1e6;
  // Alone the chunk of 16 takes 116 us, the decodes 116 us: 12 us more as a pair; one of 64: 20 us.
  const more = read(pair(16, 244), pair(64, 300));
  const [plain, near] = [read(), (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6)];
  near(us(more, "context_attention", 2) - us(plain, "context_attention", 2), 12);
  near(us(more, "context_attention", 3) - us(plain, "context_attention", 3), 20);
  near(us(more, "chunk_attention", 0) - us(plain, "chunk_attention", 0), 12);
  near(us(more, "generation_attention", 0) - us(plain, "generation_attention", 0), 0);
  // The decodes of this GPU take as long whatever the context: no share can be told.
  const shareOf = (profile: ReturnType<typeof read>) =>
    profile.tables.find(({ operator }) => operator === "generation_attention")!.attributes
      .unequalShare;
  assert.equal(shareOf(read(unequal(128, 512, 200))), undefined);
  const sloped = lines((m, of) => of === "decode 512" ? 516 : 100 + m);
  const { rows } = parseCollectedRows(
    [...sloped, unequal(128, 512, 216), unequal(320, 512, 416), unequal(128, 512, 50)].join("\n"),
  );
  // From 116 us at 128 entries to 516 us at 512: a quarter of the way, half of the way, none.
  const { profile } = importCollected(rows, { gpu: "mine", sheet: SHEET });
  assert.equal(shareOf(profile), 0.25);
  const model = profiled({ profile, shape: SHAPE, maxTokensPerStep: 64, maxSequences: 64 });
  const step = (longest: number) =>
    model.stepSeconds({
      decodeSequences: 16,
      decodeContextTokens: 16 * 128,
      decodeLongestContextTokens: longest,
      chunkCount: 0,
      chunkTokens: Int32Array.of(0),
      chunkPastTokens: Int32Array.of(0),
      sampledSequences: 16,
    });
  assert.ok(Math.abs((step(512) - step(128)) * 1e6 - 3 * 100) < 1e-3);
});

Deno.test("whatever was collected so far, it is refused by name or every step has a time", () => {
  const all = [
    ...lines((m, of) => 20 + m + (of === "decode 512" ? 7 * m : 0)),
    collectedLine("decode_attention", { ...HEADS, batch: 4, context: 300, longest: 512, us: 40 }),
    collectedLine("prompt_attention", { ...HEADS, batch: 4, chunk: 16, past: 0, us: 90 }),
    collectedLine("all_reduce", { ranks: 2, bytes: 4096, us: 9 }),
  ];
  fc.assert(fc.property(
    fc.subarray(all),
    fc.constantFrom(1, 1e-9, 1e7),
    fc.array(fc.record({ chunk: fc.integer({ min: 1, max: 300 }), past: fc.nat(9000) }), {
      maxLength: 3,
    }),
    fc.nat(40),
    fc.integer({ min: 1, max: 5000 }),
    (some, scale, chunks, decodes, context) => {
      if (decodes + chunks.length === 0) return;
      const text = some.map((line) =>
        line.replace(/"us":([\d.]+)/, (_, us) => `"us":${Number(us) * scale}`)
      ).join("\n");
      const { rows } = parseCollectedRows(text);
      let seconds: number;
      try {
        const sheet = { ...SHEET, memoryBytes: 8e9 };
        const { profile } = importCollected(rows, { gpu: "mine", sheet });
        const read = parseProfile(writeProfile(profile));
        const model = profiled({
          profile: read,
          shape: SHAPE,
          maxTokensPerStep: 64,
          maxSequences: 64,
        });
        seconds = model.stepSeconds({
          decodeSequences: decodes,
          decodeContextTokens: decodes * context,
          decodeLongestContextTokens: decodes === 0 ? 0 : context,
          chunkCount: chunks.length,
          chunkTokens: Int32Array.from(chunks, ({ chunk }) => chunk),
          chunkPastTokens: Int32Array.from(chunks, ({ past }) => past),
          sampledSequences: decodes + chunks.length,
        });
      } catch (error) {
        assert.ok(error instanceof RangeError && /^Cannot /.test(error.message), String(error));
        return;
      }
      assert.ok(seconds > 0 && seconds < Infinity, `${seconds}`);
    },
  ));
});

Deno.test("host times of a collected profile are overheads of a step and of a sequence", () => {
  const prepare = (sequences: number) => ({ sequences, seconds: 1e-5 + 2e-6 * sequences });
  const graphs = [{ seconds: 9e-5 }, { seconds: 5e-5 }, { seconds: 6e-5 }];
  const prepares = [1, 32, 256].map(prepare);
  const host = hostOverheads({ graphs, prepares })!;
  assert.ok(Math.abs(host.stepSeconds - 7e-5) < 1e-12);
  assert.ok(Math.abs(host.sequenceSeconds - 2e-6) < 1e-15);
  assert.deepEqual(hostOverheads({ graphs, prepares: [] }), {
    stepSeconds: 6e-5,
    sequenceSeconds: 0,
  });
  const one = hostOverheads({ graphs: [], prepares: [prepare(4)] })!;
  assert.ok(one.stepSeconds > 0 && one.sequenceSeconds === 0);
  assert.equal(hostOverheads({ graphs: [], prepares: [] }), undefined);
});
