import type { Plan, PlanInterval, PlanRow, PlanStatus } from "../../planning/plan_result.ts";
import { planFigures } from "../../planning/figures.ts";
import { type Html, html } from "./html.ts";
import { manifestTable, type PagePart } from "./run_part.ts";
import { screenFigure } from "./screen_figure.ts";
import { figurePlace, folded, sentences, settingText, textTable } from "./sections.ts";

const FIGURES: Readonly<Record<string, readonly [title: string, text: string]>> = {
  frontier: ["Cost against latency", "of the candidates that keep the limits."],
  attainment: ["Against the rate", "of the chosen candidate, its capacity marked."],
};

/** In which order candidates are shown, by what became of them. */
const ORDER: readonly PlanStatus[] = [
  ...["winner", "frontier", "runner-up", "meets", "close", "misses", "over-budget"] as const,
  ...["unpriced", "dearer", "cannot", "refused"] as const,
];

/** The part of a page on a plan. */
export function planPart(
  id: string,
  plan: Plan,
  manifest: Readonly<Record<string, unknown>>,
): PagePart {
  const figures = Object.entries(planFigures(plan));
  const { answer, nearest_miss: nearest, rows, counts, validation } = plan;
  const content = html`
    <ul class="answer"><li class="${plan.winner === null
      ? "bad"
      : "good"}">${answer}</li>${nearest === null
      ? html``
      : html`<li class="bad">Nearest miss: ${
        rows[nearest.index].label
      }: ${nearest.reason}</li>`}${validation === null
      ? html``
      : html`<li class="plain">On ${validation.seeds} fresh seeds: ${
        validation.outcome === "meets" ? "keeps the limits" : "close to the limits"
      }.</li>`}</ul>
    ${sentences("To know", plan.notices)}
    ${figures.map(([name]) => figurePlace(`${id}-${name}`, ...(FIGURES[name] ?? [name, ""])))}
    <h3>Candidates</h3>
    <p>${counts.candidates} candidates: ${counts.simulated} simulated, ${counts
      .pruned} needed no run,
    ${counts.refused} refused.</p>
    ${candidatesTable(plan)}
    ${sensitivityTable(plan)}
    ${plan.configuration === null ? html`` : folded(
      "The chosen configuration",
      html`<pre tabindex="0">${JSON.stringify(plan.configuration, null, 2)}</pre>`,
    )}
    ${folded("Manifest", manifestTable(manifest))}
  `;
  return {
    content: html`<div id="${id}">${content}</div>`,
    charts: figures.map(([name, spec]) => ({ id: `${id}-${name}`, spec: screenFigure(spec) })),
    runs: [],
  };
}

function candidatesTable({ rows, slo }: Plan): Html {
  const head = [
    ...["Candidate", "Verdict", "USD/h", "GPUs", "Capacity (requests/s)"],
    ...slo.map(({ name, unit }) => `${name} (${unit})`),
    ...["Seeds", "Reason"],
  ];
  const numbers = head.length - 2;
  const sorted = rows.toSorted((a, b) =>
    ORDER.indexOf(a.status) - ORDER.indexOf(b.status) ||
    (a.usd_per_hour?.mean ?? Infinity) - (b.usd_per_hour?.mean ?? Infinity) || a.index - b.index ||
    0
  );
  const cells = (row: PlanRow) => [
    row.label,
    row.status,
    interval(row.usd_per_hour),
    interval(row.gpus),
    interval(row.capacity_rps),
    ...slo.map(({ name }) => interval(row.figures[name])),
    row.seeds === 0 ? "" : String(row.seeds),
    row.reason ?? "",
  ];
  return textTable("Every candidate and what became of it", head, sorted.map(cells), {
    isNumber: (column) => column > 1 && column < numbers + 1,
  });
}

function interval(value: PlanInterval | null | undefined): string {
  if (value === null || value === undefined) return "";
  const { mean, lower, upper } = value;
  const text = (number: number) => String(Number(number.toPrecision(4)));
  return lower === null || upper === null || lower === upper
    ? text(mean)
    : `${text(mean)} [${text(lower)}, ${text(upper)}]`;
}

function sensitivityTable({ sensitivity }: Plan): Html {
  if (sensitivity.length === 0) return html``;
  return textTable(
    "What moves the objective most",
    ["Factor", "Swing", "Least by level"],
    sensitivity.map(({ path, swing, levels }) => [
      path,
      swing === null ? "–" : String(Number(swing.toPrecision(4))),
      levels.map(({ level, value, is_bound, is_run }) =>
        `${settingText(level)}: ${
          value === null
            ? is_run === false ? "–" : "none"
            : `${is_bound ? "at least " : ""}${Number(value.toPrecision(4))}`
        }`
      ).join(", "),
    ]),
    { isNumber: (column) => column === 1 },
  );
}
