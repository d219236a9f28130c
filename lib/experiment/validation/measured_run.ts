import { showValue } from "../../std/show_value.ts";
import { readLlmServingSimTrace, type RequestTable, selectRows } from "../../workload/mod.ts";
import type { MeasuredServer } from "./server.ts";

/** A run of a real server with the instants of every request. */
export interface MeasuredRun {
  /** GPU and model, for people. */
  readonly label: string;
  /** The server and its settings. */
  readonly server: MeasuredServer;
  /** The requests at the instants at which the client sent them; the first is sent at 0. */
  readonly requests: RequestTable;
  /** Seconds of each request from reaching the engine, in the order of `requests`. */
  readonly ttftSeconds: Float64Array;
  /** Time per output token after the first, seconds. */
  readonly tpotSeconds: Float64Array;
  /** To the last token, seconds. */
  readonly e2eSeconds: Float64Array;
  /** What the engine reported every second. */
  readonly series: readonly MeasuredSecond[];
}

/** A row of a measured time series. */
export interface MeasuredSecond {
  /** End of the second, from the start of the run. */
  readonly timeSeconds: number;
  /** Requests in the batch at its end. */
  readonly running: number;
  /** Requests that wait at its end. */
  readonly waiting: number;
  /** Output tokens of the second. */
  readonly outputTokensPerSecond: number;
}

/** Files of a measured run. */
export interface MeasuredRunTexts {
  /** requests.jsonl of the run. */
  readonly requests: string;
  /** The workload with token ids. */
  readonly workload: string;
  /** timeseries.csv of the run. */
  readonly series: string;
}

interface MeasuredRequest {
  readonly request_id: string;
  readonly output_toks: number;
  readonly arrival_time: number;
  readonly queued_ts: number;
  readonly first_token_ts: number;
  readonly last_token_ts: number;
}

/**
 * Reads a run of LLMServingSim's validation: each request's stamps, and the workload whose token ids
 * tell which prompts begin alike. Latencies count from the engine's queue, so that nothing of the
 * client is in them; arrivals are the client's, since the engine stamps at step boundaries.
 */
export function readMeasuredRun(
  label: string,
  server: MeasuredServer,
  texts: MeasuredRunTexts,
): MeasuredRun {
  const { table } = readLlmServingSimTrace(texts.workload, { fileName: `workload of ${label}` });
  const rows = texts.requests.trim().split("\n").map((line) => JSON.parse(line) as MeasuredRequest)
    .map((request) => ({ request, row: Number(request.request_id.replace("bench-", "")) }))
    .sort((a, b) => a.request.arrival_time - b.request.arrival_time || a.row - b.row);
  const unknown = rows.find(({ row }) => !(Number.isInteger(row) && row >= 0 && row < table.count));
  if (unknown !== undefined) {
    throw new SyntaxError(
      `Cannot read request_id as that of a request of the workload: current value is ${
        showValue(unknown.request.request_id)
      }`,
    );
  }
  const start = rows[0].request.arrival_time;
  const column = (of: (request: MeasuredRequest) => number) =>
    Float64Array.from(rows, ({ request }) => {
      const seconds = of(request);
      // One output token has no time per token, which is 0 over 0.
      if (Math.abs(seconds) < Infinity || request.output_toks === 1) return seconds;
      throw new SyntaxError(
        `Cannot read the stamps of ${showValue(request.request_id)} as seconds: current value is ` +
          showValue(request),
      );
    });
  const [, ...series] = texts.series.trim().split(/\r?\n/).map((line) => line.split(","));
  return {
    label,
    server,
    requests: {
      ...selectRows(table, rows.map(({ row }) => row)),
      arrivalAtSeconds: column((request) => request.arrival_time - start),
    },
    ttftSeconds: column((r) => r.first_token_ts - r.queued_ts),
    tpotSeconds: column((r) => (r.last_token_ts - r.first_token_ts) / (r.output_toks - 1)),
    e2eSeconds: column((r) => r.last_token_ts - r.queued_ts),
    series: series.map((cells) => ({
      timeSeconds: Number(cells[0]),
      outputTokensPerSecond: Number(cells[2]),
      running: Number(cells[3]),
      waiting: Number(cells[4]),
    })),
  };
}
