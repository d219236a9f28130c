import { plainCsvRows } from "../../../execution/profiled/plain_csv.ts";
import { parseCollectedRows } from "../../../execution/profiled/collected/mod.ts";

/** One step that a real engine logged. */
export interface LoggedStep {
  /** Sequences that decoded a token. */
  readonly decodes: number;
  /** KV entries of those sequences together; absent: the log does not say. */
  readonly contextTokens?: number;
  /** KV entries of the longest one; absent: the log does not say. */
  readonly longestTokens?: number;
  /** Tokens of each prompt chunk, and the KV entries before it. */
  readonly chunks: readonly (readonly [tokens: number, past: number])[];
  /** Seconds of the step: wall time, or the GPU's where the log has that. */
  readonly seconds: number;
  /** Seconds that the host took to launch it; absent: the log does not say. */
  readonly hostSeconds?: number;
  /** How it was launched, such as "graph"; absent: the log does not say. */
  readonly how?: string;
}

/** Steps of a log. */
export interface StepLog {
  /** Which log it is, for people. */
  readonly format: string;
  readonly steps: readonly LoggedStep[];
  /** Lines that name a step and could not be read: cut off, or of another version. */
  readonly broken: number;
  /** Steps without a token, which engines of several ranks log to keep in step. */
  readonly dummies: number;
}

/**
 * What vLLM writes for each step under `--enable-logging-iteration-details`: requests and tokens by phase
 * and the time; newer versions add the share of the KV cache that is used.
 *
 * @source vllm-project/vllm, vllm/v1/engine/core.py (log_iteration_details), 0.14; vllm/v1/metrics/loggers.py,
 * 0.27
 */
const ITERATION = new RegExp(
  String.raw`Iteration\(\d+\): (\d+) context requests, (\d+) context tokens, ` +
    String.raw`(\d+) generation requests, (\d+) generation tokens, ` +
    String
      .raw`iteration elapsed time: ([\d.]+) ms( \(dummy\))?(?:, GPU KV cache usage: ([\d.]+)%)?`,
);
/** What any other file is tried as. */
const COLLECTED = "lines of the collector";
/** What vLLM says of its KV cache when it starts. */
const KV_SIZE = /GPU KV cache size: ([\d,]+) tokens/;

/**
 * Reads the steps of a log: vLLM's own lines, the CSV of h200-measured, or the whole steps in lines of the
 * collector.
 *
 * @throws {SyntaxError} If no line is a step.
 */
export function readStepLog(text: string): StepLog {
  const log = ITERATION.test(text) || /Iteration\(\d+\):/.test(text)
    ? vllmSteps(text)
    : /^t,t_launch,/.test(text)
    ? csvSteps(text)
    : collectedSteps(text);
  if (log.steps.length > 0) return log;
  throw new SyntaxError(
    "Cannot read the file as steps of an engine (vLLM's log with --enable-logging-iteration-details, " +
      `serving steps of h200-measured, lines of the collector): current value is ${
        log.broken > 0 && log.format !== COLLECTED
          ? `${log.broken} broken lines`
          : "a file without any"
      }`,
  );
}

function vllmSteps(text: string): StepLog {
  const steps: LoggedStep[] = [];
  let [broken, dummies, kvTokens] = [0, 0, NaN];
  for (const line of text.split(/\r?\n/)) {
    const size = KV_SIZE.exec(line);
    if (size !== null) kvTokens = Number(size[1].replaceAll(",", ""));
    if (!line.includes("Iteration(")) continue;
    const match = ITERATION.exec(line);
    if (match === null) {
      broken++;
      continue;
    }
    const [requests, tokens, decodes, , ms] = match.slice(1, 6).map(Number);
    if (match[6] !== undefined || requests + decodes === 0) {
      dummies++;
      continue;
    }
    // Of several prompts only the sum is known: equal ones.
    const chunks = Array.from(
      { length: requests },
      (_, i) => [Math.floor((tokens + i) / requests), 0] as const,
    ).filter(([own]) => own > 0);
    const used = match[7] === undefined ? NaN : Number(match[7]) / 100 * kvTokens;
    steps.push({
      decodes,
      ...(!Number.isNaN(used) && decodes > 0 && {
        contextTokens: Math.max(decodes, Math.round(used - tokens)),
      }),
      chunks,
      seconds: ms * 1e-3,
    });
  }
  return { format: "vLLM's log", steps, broken, dummies };
}

function csvSteps(text: string): StepLog {
  const columns = ["how", "decodes", "context", "longest", "chunks", "gpu_ms", "host_ms"];
  const steps = [...plainCsvRows(text, columns)].map(({ cell, value }): LoggedStep => ({
    how: cell("how"),
    decodes: value("decodes"),
    ...(value("decodes") > 0 && {
      contextTokens: value("context"),
      longestTokens: value("longest"),
    }),
    chunks: chunksOf(cell("chunks")),
    seconds: value("gpu_ms") * 1e-3,
    hostSeconds: value("host_ms") * 1e-3,
  }));
  return { format: "serving steps", steps, broken: 0, dummies: 0 };
}

/** "222+0 12+2036": tokens and the KV entries before them. */
function chunksOf(text: string): LoggedStep["chunks"] {
  return text === "" ? [] : text.split(" ").map((chunk) => {
    const [tokens, past] = chunk.split("+").map(Number);
    return [tokens, past];
  });
}

function collectedSteps(text: string): StepLog {
  const { rows, broken } = parseCollectedRows(text);
  const steps = rows.step.map((row): LoggedStep => ({
    how: row.kernel === undefined ? row.how : `${row.how}, ${row.kernel}`,
    decodes: row.decodes,
    ...(row.decodes > 0 && { contextTokens: row.context }),
    ...(row.longest !== undefined && { longestTokens: row.longest }),
    chunks: row.chunks,
    seconds: row.ms * 1e-3,
    ...(row.host_ms !== undefined && { hostSeconds: row.host_ms * 1e-3 }),
  }));
  return { format: COLLECTED, steps, broken: broken.length, dummies: 0 };
}
