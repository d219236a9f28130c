import { loadConfig } from "../../config/mod.ts";
import { settingDifferences } from "../../planning/differences.ts";
import { timeUnit } from "../../plot/mod.ts";
import type { Summary } from "../../metrics/run_tables.ts";
import { coldStartRows } from "../cold_start_rows.ts";
import type { StageWaits } from "../figure_source.ts";
import { readFigureSource } from "../read_figure_source.ts";
import {
  type FigureSlo,
  figuresOf,
  STANDARD_FIGURES,
  type StandardFigure,
} from "../standard_figures.ts";
import { timelineRows } from "../timeline_rows.ts";
import type { PageChart, PageRun } from "./page_data.ts";
import { type Html, html } from "./html.ts";
import { MOST_REQUESTS, readRequests } from "./request_columns.ts";
import { endOfTime, MOST_LIVES, percentileChart, timeChart } from "./run_charts.ts";
import { runAnswer, type RunFacts } from "./run_answer.ts";
import { screenFigure } from "./screen_figure.ts";
import { figurePlace, folded, sentences, settingText, textTable } from "./sections.ts";

/** A part of a page: what it shows, and what its figures are drawn from. */
export interface PagePart {
  readonly content: Html;
  readonly charts: readonly PageChart[];
  readonly runs: readonly PageRun[];
}

/** What of a run's manifest the page reads. */
interface RunManifest {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly notices?: readonly string[];
}

/** Figures below those of time and percentiles, with what they show. */
const FURTHER: Partial<Record<StandardFigure, readonly [title: string, text: string]>> = {
  latency_parts: [
    "What latencies are made of",
    "mean over the requests between percentiles: where to look first.",
  ],
  cold_starts: ["Waits for starts", "by stage of the start, mean over the requests that waited."],
  cost: ["The bill", "by use."],
  energy: ["Power", "of GPUs by what they do, and of their machines."],
  attainment_by_class: ["Limits met", "by service class."],
  attainment_by_function: ["Limits met", "by function."],
};

/**
 * The part of a page on a run.
 *
 * @param id Id of its section.
 * @throws {RangeError} If the directory holds no results in Parquet.
 */
export async function runPart(
  id: string,
  directory: string,
  manifest: Readonly<Record<string, unknown>>,
  facts: (summary: Summary) => RunFacts,
): Promise<PagePart> {
  const { config = {}, notices = [] } = manifest as RunManifest;
  const source = await readFigureSource(directory);
  const requests = await readRequests(directory);
  const slo = (config.slo ?? {}) as FigureSlo;
  const rows = timelineRows(source.timeSeries);
  const unit = timeUnit(Math.max(0, ...rows.map((row) => row.timeSeconds)));
  const lives = new Set(source.phases.map((row) => row.instance)).size;
  const names = figuresOf(source).filter((name) => FURTHER[name] !== undefined);
  const hasTime = rows.length > 0 && requests.count > 0;
  const hasLatencies = requests.percentiles.length > 0;
  const charts: PageChart[] = [
    ...(hasTime ? [{ id: `${id}-time`, spec: timeChart(rows, source.phases, unit) }] : []),
    ...(hasLatencies
      ? [{ id: `${id}-percentiles`, spec: percentileChart(requests.percentiles, slo) }]
      : []),
    ...names.map((name) => ({
      id: `${id}-${name}`,
      spec: screenFigure(STANDARD_FIGURES[name](source, { slo, column: 2 })),
    })),
  ];
  const content = html`
    ${runAnswer(source.summary, slo, facts(source.summary))}
    ${sentences("To know", notices)}
    <h3>Over time</h3>
    ${figurePlace(
      `${id}-time`,
      "Rates, requests, instances.",
      "The strip chooses a time, as do the fields below; everything else, and the table of requests, " +
        "follows. A name in a key shows that series alone." +
        (lives > MOST_LIVES ? ` The lives of ${lives} instances are not drawn one by one.` : ""),
    )}
    ${hasTime ? timeFields(endOfTime(rows) / unit.seconds, unit.symbol) : html``}
    ${figurePlace(
      `${id}-percentiles`,
      "Latency by percentile",
      "of the requests of the chosen time: the last per cent is as wide as the first ninety.",
    )}
    ${names.map((name) => figurePlace(`${id}-${name}`, FURTHER[name]![0], FURTHER[name]![1]))}
    ${requestsTable(requests.shown, requests.count, requests.isWhole)}
    ${source.coldStartWaits.request.length === 0 ? html`` : startsTable(source.coldStartWaits)}
    ${configurationPart(config)}
    ${folded("Manifest", manifestTable(manifest))}
  `;
  return {
    content:
      html`<div id="${id}" class="run" data-seconds-per-unit="${unit.seconds}">${content}</div>`,
    charts,
    runs: [{
      id,
      requests: requests.packed,
      stories: requests.stories,
      isWhole: requests.isWhole,
    }],
  };
}

/** The chosen time in figures, for those who choose by keys. */
function timeFields(end: number, unit: string): Html {
  const field = (name: string, value: number) =>
    html`
      <input type="number" step="any" min="0" max="${end}" value="${value}"
        data-time="${name}">
    `;
  return html`
    <p
      class="times"><label>Chosen time from ${field("from", 0)}</label> <label>to ${field(
        "to",
        Number(end.toPrecision(6)),
      )} ${unit}</label> <button type="button" data-time="all">All</button>
    <span class="window" role="status" aria-live="polite">All requests</span></p>
  `;
}

function requestsTable(columns: readonly string[], count: number, isWhole: boolean): Html {
  const which = isWhole
    ? `All ${count} requests`
    : `Of ${count} requests the ${MOST_REQUESTS} that did not complete or took longest`;
  return html`
    <h3>Requests</h3>
    <div class="requests">
      <p>${which}, slowest first; "Why?" tells where the time of one went.</p>
      <p><label>Only those with <input type="text" size="50" spellcheck="false" autocomplete="off"
    placeholder="ttft_s&gt;2 outcome=completed"></label> <span role="alert" class="wrong"></span></p>
      <div class="wide" role="region" aria-label="Requests" tabindex="0">
        <table>
          <thead>
            <tr>${columns.map((name) =>
              html`
                <th scope="col" data-column="${name}"
                  aria-sort="none"><button type="button" data-column="${name}">${breakable(
                    name,
                  )}</button></th>
              `
            )}<th scope="col">story</th></tr>
          </thead>
          <tbody></tbody>
        </table>
      </div>
      <p><button type="button" data-turn="-1">Previous</button> <button type="button" data-turn="1">Next</button>
    <span role="status" aria-live="polite"></span></p>
    </div>
  `;
}

/** A name of a column that may be broken after its underscores. */
function breakable(name: string): Html {
  // A unit stays with what it is of.
  const parts = name.split(/_(?!s$)/);
  return html`${parts.map((part, i) => i === 0 ? html`${part}` : html`_<wbr>${part}`)}`;
}

/** Where the waits for starts went, in numbers. */
function startsTable(waits: StageWaits): Html {
  const rows = coldStartRows(waits).map(({ series, stage, seconds }) => [
    series,
    stage,
    String(Number(seconds.toPrecision(4))),
  ]);
  return folded(
    "Waits for starts in numbers",
    textTable("Mean waits for starts", ["Function", "Stage", "Wait (s)"], rows, {
      isNumber: (column) => column === 2,
    }),
  );
}

function configurationPart(config: Readonly<Record<string, unknown>>): Html {
  const usual = JSON.parse(JSON.stringify(loadConfig("")));
  const rows = settingDifferences(usual, config)
    .map(({ path, before, after }) => [path, settingText(after), settingText(before)]);
  return html`<h3>Configuration</h3>
${
    rows.length === 0
      ? html`<p>The default configuration.</p>`
      : textTable("Settings that differ from the defaults", ["Setting", "Here", "Default"], rows)
  }
${
    folded(
      "The whole configuration",
      html`<pre tabindex="0">${JSON.stringify(config, null, 2)}</pre>`,
    )
  }`;
}

/** The manifest but for what stands elsewhere, and for the list of files, to which the report itself belongs. */
export function manifestTable(manifest: Readonly<Record<string, unknown>>): Html {
  const rows = Object.entries(manifest)
    .filter(([key]) => !["config", "notices", "cells", "files"].includes(key))
    .map(([key, value]) => [key, settingText(value)]);
  return textTable("Where this comes from", ["", ""], rows);
}
