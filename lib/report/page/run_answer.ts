import type { Summary } from "../../metrics/run_tables.ts";
import type { FigureSlo } from "../standard_figures.ts";
import { type Html, html } from "./html.ts";
import { type Answer, figure, servedAnswers } from "./served_answers.ts";
import { textTable } from "./sections.ts";

/** A summary as it is printed. */
export interface RunFacts {
  /** A line each: what, and its figures. */
  readonly lines: readonly (readonly [name: string, text: string])[];
  /** Latencies: a head, and a row each. */
  readonly latencies: readonly (readonly string[])[];
}

/** The answer of a run: how it ended, whether it keeps its limits, what it costs; then the figures. */
export function runAnswer(summary: Summary, slo: FigureSlo, facts: RunFacts): Html {
  const [head, ...rows] = facts.latencies;
  return html`<ul class="answer">${
    answers(summary, slo).map(([kind, text]) => html`<li class="${kind}">${text}</li>`)
  }</ul>
<div class="side">${textTable("Latency", head, rows, { isNumber: (column) => column > 0 })}
<dl>${
    facts.lines.map(([name, text]) =>
      html`
        <dt>${name}</dt>
        <dd>${text}</dd>
      `
    )
  }</dl></div>`;
}

function answers(summary: Summary, slo: FigureSlo): Answer[] {
  const { requests, saturation, slo_attainment: attainment, cost } = summary;
  const list: Answer[] = [
    ...servedAnswers(requests.arrived, requests.completed, saturation),
  ];
  const limits = ([["TTFT", slo.ttft_s], ["TPOT", slo.tpot_s], ["E2E", slo.e2e_s]] as const)
    .filter(([, limit]) => limit !== null && limit !== undefined)
    .map(([name, limit]) => `${name} ${limit} s`);
  if (attainment !== null && attainment !== undefined) {
    list.push([
      attainment >= 0.99 ? "good" : "bad",
      `${figure(100 * attainment)} % of the requests keep the limits` +
      (limits.length > 0 ? ` (${limits.join(", ")})` : "") + ".",
    ]);
  } else list.push(["plain", "No limits on latency are set (section slo)."]);
  const perToken = cost.per_million_output_tokens_usd;
  list.push(
    cost.total_usd === null || cost.total_usd === undefined
      ? ["plain", "No price of these GPUs is known."]
      : [
        "plain",
        `It costs $${figure(cost.total_usd)}` +
        (perToken === null || perToken === undefined
          ? "."
          : `, $${figure(perToken)} per million output tokens.`),
      ],
  );
  const { energy } = summary;
  if (energy !== null && energy !== undefined) {
    const { per_output_token_j: joules, carbon_kg: carbon } = energy;
    list.push([
      "plain",
      `It draws ${figure(energy.total_kwh)} kWh` +
      (joules === null ? "" : `, ${figure(joules)} J per output token`) +
      (carbon === null ? "." : `, and emits ${figure(carbon)} kg CO2e.`),
    ]);
  }
  return list;
}
