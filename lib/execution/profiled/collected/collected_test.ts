import assert from "#assert";
import fc from "fast-check";
import { gpuNamed } from "../../../hardware/gpu_catalogue.ts";
import { parseProfile, writeProfile } from "../profile_text.ts";
import { profiled } from "../profiled.ts";
import { chosenKernel } from "./chosen_kernel.ts";
import { importCollected } from "./import_collected.ts";
import { collectedLine, type CollectedRow, parseCollectedRows } from "./rows.ts";
import { CONTEXTS, flat, lines, MATRICES, SHAPE, SHEET, SMALL, TOKENS } from "./testing_rows.ts";

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
