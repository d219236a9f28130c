import { FORMATS } from "../../lib/workload/traces/trace_formats.ts";
import type { RandomStream } from "../../lib/sim/random_streams.ts";
import { pick } from "./mutate_file.ts";

/** Rows of random numbers of each format, as text. */
const ROWS: Readonly<Record<string, (random: (most: number) => number, i: number) => string>> = {
  azure: (r, i) =>
    `2024-05-10 00:0${i % 6}:${10 + r(49)}.${r(999999)},${1 + r(5000)},${1 + r(900)}`,
  burstgpt: (r, i) => `${5 + i},GPT-4,${1 + r(5000)},${r(3) && r(900)},9,API log`,
  vidur: (r, i) => `${i + r(100) / 100},${1 + r(5000)},${1 + r(900)}`,
  csv: (r, i) => `${i + r(100) / 100},${1 + r(5000)},${1 + r(900)},f${r(3)}`,
  json: (r, i) =>
    JSON.stringify({ arrival_s: i, prompt_tokens: 1 + r(99), output_tokens: 1 + r(9) }),
  jsonl: (r, i) =>
    JSON.stringify({
      timestamp_ms: 1715299200000 + i,
      input_length: 1 + r(99),
      output_length: 1 + r(9),
    }),
  mooncake: (r, i) =>
    `{"timestamp": ${i * 100}, "input_length": ${600 + r(400)}, "output_length": ${1 + r(9)}, ` +
    `"hash_ids": [${r(9)}, 1234567890123456789${r(9)}]}`,
  bailian: (r, i) =>
    `{"chat_id": ${i}, "parent_chat_id": ${
      r(2) ? i - 1 : -1
    }, "timestamp": ${i}.5, "input_length": ` +
    `${17 + r(15)}, "output_length": ${1 + r(9)}, "type": "text", "turn": 1, "hash_ids": [${
      r(9)
    }, ${r(9)}]}`,
  llmservingsim: (r, i) =>
    JSON.stringify({
      input_toks: 3,
      output_toks: 1 + r(9),
      arrival_time_ns: i * 1e6,
      input_tok_ids: [1, 2, r(9)],
    }),
  "vllm-bench": (r, i) =>
    JSON.stringify({
      ...{ input_lens: [1 + r(99), 1 + r(9)], output_lens: [1 + r(9), r(2)] },
      ...{ start_times: [i + 0.5, i + 0.75], errors: ["", r(3) ? "" : "timeout"] },
    }),
  aiperf: (r, i) =>
    `{"metadata": {"x_correlation_id": "s${r(3)}", "request_start_ns": 175981320753290036${
      i % 10
    }, ` +
    `"benchmark_phase": "profiling"}, "metrics": {"input_sequence_length": {"value": ${
      1 + r(99)
    }, ` +
    `"unit": "tokens"}, "output_sequence_length": {"value": ${1 + r(9)}, "unit": "tokens"}}, ` +
    `"error": ${r(4) ? "null" : '{"code": 499}'}}`,
  sharegpt: (r, i) =>
    JSON.stringify({
      id: i,
      conversations: ["a", "b"].map((text) => ({ from: "human", value: text.repeat(r(40)) })),
    }),
  "azure-functions-2019": (r, i) => `o,a,f${i},http,${r(3)},${r(3)},0,${r(9)},`,
  "azure-functions-2021": (r, i) => `a${r(2)},f${r(3)},${i + r(100) / 100},${r(1000) / 100}`,
  huawei: (r, i) => `0,${60 * i},${r(5)},,${r(3)}.0`,
  servegen: (r, i) => `${600 * i},${r(4) ? `0.${1 + r(8)},1.${r(9)},Gamma` : "0,0,"},0.4,3.1`,
};

/** Formats whose rows stand between brackets. */
const AROUND: Readonly<Record<string, readonly [string, string, string]>> = {
  json: ['{"requests": [\n', ",\n", "\n]}\n"],
  sharegpt: ["[\n", ",\n", "\n]\n"],
};

/** A valid file of a format, of a few random rows; GenAI-Perf's is its example. */
export function randomTrace(format: string, stream: RandomStream): string {
  const { example } = FORMATS.find(({ name }) => name === format)!;
  const row = ROWS[format];
  if (row === undefined) return example;
  const rows = Array.from(
    { length: 1 + pick(stream, 12) },
    (_, i) => row((most) => pick(stream, most), i),
  );
  const [before, between, after] = AROUND[format] ?? ["", "\n", "\n"];
  const isTable = !before && !rows[0].startsWith("{") && format !== "servegen";
  return (isTable ? `${example.split("\n")[0]}\n` : before) + rows.join(between) + after;
}

/** The same text in another encoding, or with other line ends. */
export function recoded(text: string, stream: RandomStream): Uint8Array<ArrayBuffer> {
  switch (pick(stream, 4)) {
    case 0:
      return new TextEncoder().encode(`\uFEFF${text}`);
    case 1:
      return new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
    case 2:
      return new TextEncoder().encode(`\n \n${text.replaceAll("\n", "\n\n")}`);
    default:
      return new Uint8Array(Uint16Array.from(`\uFEFF${text}`, (c) => c.charCodeAt(0)).buffer);
  }
}

/** What a text of plain lines says its lengths are, by no code of ours: sums of prompts and outputs. */
export function naiveSums(
  format: string,
  text: string,
): { prompts: number; outputs: number } | undefined {
  const lines = text.replace(/^\uFEFF/, "").split("\n").map((line) => line.replace(/\r$/, ""))
    .filter((line) => line.trim() !== "");
  const keys = ({
    azure: ["ContextTokens", "GeneratedTokens"],
    vidur: ["num_prefill_tokens", "num_decode_tokens"],
    mooncake: ["input_length", "output_length"],
    bailian: ["input_length", "output_length"],
    llmservingsim: ["input_toks", "output_toks"],
  } as Readonly<Record<string, readonly [string, string]>>)[format];
  if (keys === undefined || text.includes("'") || /[;\t|]/.test(text)) return undefined;
  const sums = { prompts: 0, outputs: 0 };
  if (format === "azure" || format === "vidur") {
    if (text.includes('"')) return undefined;
    const names = lines[0].split(",").map((name) => name.trim());
    for (const line of lines.slice(1)) {
      const fields = line.split(",");
      sums.prompts += Number(fields[names.indexOf(keys[0])]);
      sums.outputs += Number(fields[names.indexOf(keys[1])]);
    }
    return sums;
  }
  for (const line of lines) {
    let row;
    try {
      row = JSON.parse(line);
    } catch {
      // One object may stand on several lines.
      return undefined;
    }
    sums.prompts += Number(row[keys[0]]);
    sums.outputs += Number(row[keys[1]]);
  }
  return sums;
}
