import { ok, strictEqual } from "#assert";
import { deriveAzureConversation } from "../../data/workloads/derive_azure_conversation.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { embeddedWorkload, generateWorkload, readAzureTrace } from "../../lib/workload/mod.ts";
import type { RequestTable } from "../../lib/workload/mod.ts";

const file = findExternalData("azure-llm-2023", "AzureLLMInferenceTrace_conv.csv");
const test = (name: string, fn: (text: string) => void) =>
  Deno.test({
    name: `${name} (needs reference data)`,
    ignore: file === undefined,
    fn: () => fn(Deno.readTextFileSync(file!)),
  });

/** Twenty hours of the embedded workload, so that its own noise is small against the tolerances. */
function generated(): RequestTable {
  const { arrivals, lengths } = embeddedWorkload("azure-conversation");
  return generateWorkload({ arrivals, lengths, durationSeconds: 20 * 3480 }, randomStreams(1));
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0) / values.length;
}

function quantile(values: Int32Array, q: number): number {
  return values.slice().sort()[Math.floor(q * (values.length - 1))];
}

function near(actual: number, expected: number, tolerance: number, what: string): void {
  ok(Math.abs(actual / expected - 1) <= tolerance, `${what}: ${actual} is not near ${expected}`);
}

/** Correlation of prompt and output lengths. */
function correlation({ promptTokens: x, outputTokens: y }: RequestTable): number {
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - mx) * (y[i] - my);
    xx += (x[i] - mx) ** 2;
    yy += (y[i] - my) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

test("the embedded workload is what its script derives from the trace", (text) => {
  const stored = new URL("../../data/workloads/azure_conversation_2023.yaml", import.meta.url);
  strictEqual(deriveAzureConversation(text), Deno.readTextFileSync(stored));
});

test("embedded lengths have the trace's means within 2 % and its p99 within 5 %", (text) => {
  const trace = readAzureTrace(text, { fileName: "conv.csv" }).table;
  const table = generated();
  for (const column of ["promptTokens", "outputTokens"] as const) {
    near(mean(table[column]), mean(trace[column]), 0.02, `mean ${column}`);
    near(quantile(table[column], 0.99), quantile(trace[column], 0.99), 0.05, `p99 ${column}`);
    near(quantile(table[column], 0.5), quantile(trace[column], 0.5), 0.05, `median ${column}`);
  }
  const difference = correlation(table) - correlation(trace);
  ok(Math.abs(difference) < 0.05, `correlation differs by ${difference}`);
});

test("embedded arrivals have the trace's rate in every minute and its variation of gaps", (text) => {
  const trace = readAzureTrace(text, { fileName: "conv.csv" }).table.arrivalAtSeconds;
  const at = generated().arrivalAtSeconds;
  const minutes = new Float64Array(58);
  for (const instant of at) minutes[Math.floor(instant / 60) % 58] += 1 / 20;
  const expected = new Float64Array(58);
  for (const instant of trace) if (instant < 3480) expected[Math.floor(instant / 60)]++;
  near(mean(minutes), mean(expected), 0.02, "mean rate");
  // Twenty Poisson counts: five standard errors.
  minutes.forEach((count, minute) => {
    const error = 5 * Math.sqrt(expected[minute] / 20);
    ok(Math.abs(count - expected[minute]) < error, `minute ${minute}: ${count}`);
  });
  const cv = (instants: Float64Array) => {
    const gaps = Array.from(instants.subarray(1), (instant, i) => instant - instants[i]);
    return Math.sqrt(mean(gaps.map((gap) => gap * gap)) / mean(gaps) ** 2 - 1);
  };
  near(cv(at), cv(trace), 0.1, "coefficient of variation");
});
