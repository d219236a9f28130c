import assert from "#assert";
import fc from "fast-check";
import { gpuNamed } from "../../../hardware/gpu_catalogue.ts";
import { plainTransformer } from "../../../models/plain_shape.ts";
import { parseProfile, writeProfile } from "../profile_text.ts";
import { profiled } from "../profiled.ts";
import { chosenKernel } from "./chosen_kernel.ts";
import { importCollected } from "./import_collected.ts";
import { collectedLine, type CollectedRow, parseCollectedRows } from "./rows.ts";

const SHAPE = plainTransformer({
  name: "small",
  layers: 3,
  hiddenSize: 512,
  intermediateSize: 1024,
  heads: 8,
  kvHeads: 2,
  headSize: 128,
  vocabSize: 4000,
  maxPositions: 4096,
  gatedFeedForward: true,
  tiedEmbeddings: false,
  learnedPositions: false,
  bias: "none",
  slidingWindowTokens: 0,
});
const TOKENS = [1, 4, 16, 64];
const CONTEXTS = [128, 512];
const COLUMNS = (8 + 2 * 2) * 128;
/** Matrices of the model: columns, rows, and how often a step multiplies by them. */
const MATRICES = [[COLUMNS, 512, 3], [512, 1024, 6], [2048, 512, 3], [4000, 512, 1]] as const;
const SMALL = [["add_norm", 512, 7], ["rotary", COLUMNS, 3], ["gated_activation", 1024, 3], [
  "embedding",
  512,
  1,
]] as const;
const HEADS = { kernel: "k", heads: 8, kv_heads: 2, head_size: 128, kv_dtype: "bf16" } as const;

/** Lines of a made-up GPU on which everything takes `scale` times what is easy to add up. */
function lines(time: (m: number, of: string) => number): string[] {
  return [
    collectedLine("device", { name: "GPU of a test", memory_bytes: 80e9, capability: "9.0" }),
    ...MATRICES.flatMap(([n, k]) =>
      TOKENS.map((m) =>
        collectedLine("gemm", { dtype: "bf16", m, n, k, us: time(m, `gemm ${n} ${k}`) })
      )
    ),
    ...SMALL.flatMap(([name, width]) =>
      TOKENS.map((tokens) =>
        collectedLine("elementwise", { name, width, tokens, us: time(tokens, name) })
      )
    ),
    ...TOKENS.flatMap((batch) =>
      CONTEXTS.map((context) =>
        collectedLine("decode_attention", {
          ...HEADS,
          batch,
          context,
          us: time(batch, `decode ${context}`),
        })
      )
    ),
    ...TOKENS.map((chunk) =>
      collectedLine("prompt_attention", {
        ...HEADS,
        batch: 1,
        chunk,
        past: 0,
        us: time(chunk, "prompt"),
      })
    ),
    ...TOKENS.map((chunk) =>
      collectedLine("prompt_attention", {
        ...HEADS,
        batch: 1,
        chunk,
        past: 512,
        us: time(chunk, "chunk"),
      })
    ),
    ...TOKENS.map((places) =>
      collectedLine("sampling", {
        method: "greedy",
        vocabulary: 4000,
        places,
        us: time(places, "argmax"),
      })
    ),
  ];
}

Deno.test("a step is the sum of its collected operators, at every point that was collected", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1.01, max: 3, noNaN: true }), { minLength: 20, maxLength: 20 }),
      fc.constantFrom(...TOKENS),
      fc.constantFrom(...CONTEXTS),
      (rates, tokens, context) => {
        // Above any roofline, and more with more tokens.
        const names: string[] = [];
        const time = (m: number, of: string) => {
          const kind = of.startsWith("decode") ? "decode" : of;
          if (!names.includes(kind)) names.push(kind);
          const rate = rates[names.indexOf(kind) % rates.length];
          const longer = of.startsWith("decode") ? Number(of.slice(7)) / 64 : 1;
          return 50 * longer * rate ** (1 + TOKENS.indexOf(m));
        };
        const { rows } = parseCollectedRows(lines(time).join("\n"));
        const { profile } = importCollected(rows, { gpu: "mine", sheet: SHEET });
        const model = profiled({ profile, shape: SHAPE, maxTokensPerStep: 64, maxSequences: 64 });
        const linear = MATRICES.slice(0, 3).reduce(
          (sum, [n, k, count]) => sum + count * time(tokens, `gemm ${n} ${k}`),
          SMALL.reduce((sum, [name, , count]) => sum + count * time(tokens, name), 0),
        );
        const head = (places: number) => time(places, "gemm 4000 512") + time(places, "argmax");
        const close = (seconds: number, us: number) =>
          assert.ok(Math.abs(seconds * 1e6 / us - 1) < 1e-9, `${seconds * 1e6} ${us}`);
        const none = {
          chunkCount: 0,
          chunkTokens: Int32Array.of(0),
          chunkPastTokens: Int32Array.of(0),
        };
        close(
          model.stepSeconds({
            ...none,
            decodeSequences: tokens,
            decodeContextTokens: tokens * context,
            sampledSequences: tokens,
          }),
          linear + head(tokens) + 3 * time(tokens, `decode ${context}`),
        );
        for (const past of [0, 512]) {
          close(
            model.stepSeconds({
              decodeSequences: 0,
              decodeContextTokens: 0,
              chunkCount: 1,
              chunkTokens: Int32Array.of(tokens),
              chunkPastTokens: Int32Array.of(past),
              sampledSequences: 1,
            }),
            linear + head(1) + 3 * time(tokens, past === 0 ? "prompt" : "chunk"),
          );
        }
      },
    ),
    { numRuns: 20 },
  );
});

const SHEET = {
  memoryBytesPerSecond: 1e13,
  bf16FlopsPerSecond: 1e16,
};
const flat = (m: number) => 100 + m;

Deno.test("broken lines and unknown kinds are skipped and counted, whatever is cut off where", () => {
  const good = lines(flat);
  const whole = parseCollectedRows(good.join("\n"));
  const count = (read: typeof whole) =>
    Object.values(read.rows).reduce((sum, list) => sum + list.length, 0);
  assert.equal(count(whole), good.length);
  fc.assert(fc.property(fc.nat(good.length - 1), fc.nat(500), (at, keep) => {
    // A killed run: a line that ends in the middle, and the next run's lines after it.
    const cut = good[at].slice(0, keep % good[at].length);
    const read = parseCollectedRows([...good.slice(0, at), cut, ...good.slice(at)].join("\n"));
    assert.equal(count(read), good.length);
    assert.equal(read.broken.length, cut.trim() === "" ? 0 : 1);
    if (cut !== "") assert.equal(read.broken[0].line, at + 1);
  }));
  const strange = [
    '{"op":"gemm","dtype":"bf16","m":0,"n":8,"k":8,"us":1}',
    '{"op":"gemm","dtype":"bf16","m":1,"n":8,"k":8,"us":"fast"}',
    '{"op":"tea","us":1}',
    "[]",
    "null",
    "7",
  ].join("\n");
  const read = parseCollectedRows(strange);
  assert.equal(count(read), 0);
  assert.deepEqual([...read.unknown], [["tea", 1]]);
  assert.deepEqual(read.broken.map(({ line }) => line), [1, 2, 4, 5, 6]);
  assert.match(read.broken[0].reason, /"m" of gemm/);
});

Deno.test("a new GPU carries its data sheet, from the rows where nothing is stated", () => {
  const { rows } = parseCollectedRows(
    [
      ...lines(flat),
      collectedLine("peak", { name: "copy", bytes: 4e9, us: 1000 }),
      collectedLine("copy", { from: "host", to: "device", pinned: true, bytes: 5e8, us: 1e4 }),
    ].join("\n"),
  );
  const { profile, notes } = importCollected(rows, { gpu: "mine" });
  const device = profile.facts!.device!;
  assert.equal(device.name, "mine");
  assert.equal(device.memoryBytes, 80e9);
  assert.equal(device.generation, "hopper");
  assert.ok(Math.abs(device.memoryBytesPerSecond / 4e12 - 1) < 1e-9);
  assert.ok(Math.abs(device.pcieBytesPerSecond / 5e10 - 1) < 1e-9);
  assert.ok(notes.some((note) => /bandwidth of mine is the largest that was measured/.test(note)));
  // Nothing that was measured is below a roofline of what was measured.
  assert.ok(!notes.some((note) => /below the roofline/.test(note)), notes.join("\n"));
  const again = parseProfile(writeProfile(profile));
  assert.deepEqual(again.facts!.device, device);
  // A GPU of the catalogue has its data sheet there.
  const known = importCollected(rows, { gpu: "h100-sxm", known: gpuNamed("h100-sxm") });
  assert.equal(known.profile.facts?.device, undefined);
  assert.throws(
    () =>
      importCollected(parseCollectedRows(lines(flat).slice(1).join("\n")).rows, { gpu: "mine" }),
    /Cannot describe the GPU mine without its memory: no row says it \(use --memory\)/,
  );
});

Deno.test("rows of two GPUs and rows without an operator are refused", () => {
  const other = collectedLine("device", { name: "another", memory_bytes: 1e9 });
  const read = (text: string[]) => parseCollectedRows(text.join("\n")).rows;
  assert.throws(
    () => importCollected(read([...lines(flat), other]), { gpu: "mine", sheet: SHEET }),
    /rows of several GPUs: current value is GPU of a test, another/,
  );
  const without = lines(flat).filter((line) => !line.includes("prompt_attention"));
  assert.throws(
    () => importCollected(read(without), { gpu: "mine", sheet: SHEET }),
    /from rows without context_attention/,
  );
  assert.throws(
    () =>
      importCollected(read(lines(flat)), {
        gpu: "mine",
        sheet: SHEET,
        kernels: { decode: "other" },
      }),
    /decode attention of a kernel as one of k: current value is other/,
  );
});

Deno.test("of several kernels the one with the most points is read, of equals the faster", () => {
  const row = (kernel: string, point: number, us: number) => ({ kernel, point, us });
  const choose = (rows: ReturnType<typeof row>[], wanted?: string) =>
    chosenKernel(rows, ({ point }) => String(point), { what: "attention", wanted });
  assert.equal(choose([row("a", 1, 5), row("a", 2, 5), row("b", 1, 1)]), "a");
  assert.equal(choose([row("a", 1, 5), row("b", 1, 4)]), "b");
  assert.equal(choose([row("a", 1, 5), row("b", 1, 4)], "a"), "a");
  assert.equal(choose([]), undefined);
});

Deno.test("stages of several starts are their median, and host times keep their kind", () => {
  const stage = (seconds: number) => collectedLine("cold_start", { stage: "import", seconds });
  const host: CollectedRow<"host">[] = [
    { what: "launch", name: "gemm", us: 20 },
    { what: "graph", nodes: 300, us: 60 },
    { what: "prepare", sequences: 64, us: 250 },
  ];
  const { rows } = parseCollectedRows(
    [...lines(flat), stage(3), stage(1), stage(8), ...host.map((row) => collectedLine("host", row))]
      .join("\n"),
  );
  const { facts } = importCollected(rows, { gpu: "mine", sheet: SHEET }).profile;
  assert.deepEqual(facts!.coldStart, [{ stage: "import", seconds: 3 }]);
  assert.deepEqual(facts!.launches, [{ name: "gemm", seconds: 20e-6 }]);
  assert.deepEqual(facts!.graphs, [{ nodes: 300, seconds: 60e-6 }]);
  assert.deepEqual(facts!.prepares, [{ sequences: 64, seconds: 250e-6 }]);
});

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
