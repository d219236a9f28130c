import { deepEqual, equal } from "#assert";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import type { RandomStream } from "../../lib/sim/random_streams.ts";
import { FORMATS } from "../../lib/workload/traces/trace_formats.ts";
import { readTrace, readTraceStream } from "../../lib/workload/traces/read_trace.ts";
import type { Trace } from "../../lib/workload/traces/trace.ts";
import { mutateFile, pick } from "../support/mutate_file.ts";
import { naiveSums, randomTrace, recoded } from "../support/trace_rows.ts";

/** Cases in all, and the seed; SIMFAAS_FUZZ_CASES and SIMFAAS_FUZZ_SEED ask for others. */
const CASES = Number(Deno.env.get("SIMFAAS_FUZZ_CASES") ?? 500);
const SEED = Number(Deno.env.get("SIMFAAS_FUZZ_SEED") ?? 1);

/** Bytes in parts of random lengths. */
async function* inParts(bytes: Uint8Array<ArrayBuffer>, stream: RandomStream) {
  for (let at = 0; at < bytes.length;) {
    const length = 1 + pick(stream, stream.next() < 0.3 ? 5 : bytes.length);
    yield bytes.slice(at, at += length);
    await Promise.resolve();
  }
}

async function read(bytes: Uint8Array<ArrayBuffer>, stream: RandomStream): Promise<Trace | Error> {
  try {
    return await readTraceStream(inParts(bytes, stream), { fileName: "fuzz.trace" });
  } catch (error) {
    return error as Error;
  }
}

/** What is wrong with a trace that was read; undefined when it keeps all that a run counts on. */
function brokenLaw({ table, functionNames, binSeconds, windows }: Trace): string | undefined {
  const { count, arrivalAtSeconds: at, promptTokens, outputTokens, prefix, functionId } = table;
  if (count === 0 && windows === undefined) return "no request";
  if (at.length !== count || promptTokens.length !== count) return "lengths of columns";
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(at[i]) || (i > 0 && at[i] < at[i - 1])) return `arrival ${i}`;
    if (promptTokens[i] < 1 || outputTokens[i] < 1) return `tokens of ${i}`;
    if (functionId !== undefined && functionId[i] >= functionNames.length) {
      return `function of ${i}`;
    }
    if (table.serviceSeconds !== undefined && !(table.serviceSeconds[i] >= 0)) {
      return `service of ${i}`;
    }
  }
  if (binSeconds !== undefined && !(binSeconds > 0)) return "interval";
  if (prefix === undefined) return undefined;
  const { offsets, hashes, blockTokens } = prefix;
  if (offsets.length !== count + 1 || offsets[count] !== hashes.length) return "offsets";
  for (let i = 0; i < count; i++) {
    if ((offsets[i + 1] - offsets[i]) * blockTokens > promptTokens[i]) return `blocks of ${i}`;
  }
  return hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0) ? undefined : "hashes";
}

/** What is wrong with how a file was refused; undefined for one line with file, line and column. */
function unclear({ name, message }: Error): string | undefined {
  if (name !== "SyntaxError" && name !== "RangeError") return name;
  // deno-lint-ignore no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/.test(message)) return "characters";
  if (message.length > 2048) return `${message.length} characters`;
  return /^fuzz\.trace:\d+:\d+: Cannot read /.test(message) ? undefined : "no place";
}

Deno.test(`${CASES} damaged traces of all formats: read right, or one line with its place`, async () => {
  const faults: string[] = [];
  let [good, refused, compared] = [0, 0, 0];
  for (let i = 0; i < CASES; i++) {
    const { name } = FORMATS[i % FORMATS.length];
    const stream = randomStreams(SEED, i).take(name);
    const text = randomTrace(name, stream);
    const bytes = new Uint8Array(mutateFile(new TextEncoder().encode(text), "lines", stream));
    const found = await read(bytes, stream);
    const isTrace = !(found instanceof Error);
    let wrong = isTrace ? brokenLaw(found) : unclear(found);
    if (isTrace) good++;
    else refused++;
    if (isTrace && wrong === undefined && found.format === name) {
      const decoded = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      const sums = naiveSums(name, decoded);
      const total = (column: Int32Array) => column.reduce((sum, tokens) => sum + tokens, 0);
      const { promptTokens, outputTokens } = found.table;
      if (sums !== undefined) compared++;
      if (sums && (total(promptTokens) !== sums.prompts || total(outputTokens) !== sums.outputs)) {
        wrong = "other lengths than it says";
      }
    }
    if (wrong === undefined) continue;
    const shown = JSON.stringify(new TextDecoder().decode(bytes).slice(0, 400));
    faults.push(
      `${name}, case ${i}: ${wrong}: ${found instanceof Error ? found.stack : ""} of ${shown}`,
    );
  }
  deepEqual(faults, []);
  // A fuzz that refuses all, or nothing, tries nothing.
  equal(
    good > CASES / 10 && refused > CASES / 10 && compared > CASES / 60,
    true,
    `${good}, ${refused}, ${compared}`,
  );
});

Deno.test("traces in other encodings and with other line ends are the same traces", async () => {
  for (let i = 0; i < CASES / 4; i++) {
    const { name } = FORMATS[i % FORMATS.length];
    const stream = randomStreams(SEED, i).take(`encoding of ${name}`);
    const text = randomTrace(name, stream);
    let whole: Trace | string;
    try {
      whole = readTrace(text, { fileName: "fuzz.trace" });
    } catch (error) {
      // All of its calls may have failed.
      whole = (error as Error).message.replace(/:\d+:\d+:/, "");
    }
    const found = await read(recoded(text, stream), stream);
    const same = found instanceof Error ? found.message.replace(/:\d+:\d+:/, "") : found;
    deepEqual(same, whole, `${name}, case ${i}`);
  }
});
