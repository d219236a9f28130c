/// <reference lib="dom" />
import type { PageChart, PageData, PageRun } from "../page_data.ts";
import { openColumns, openText } from "./columns.ts";
import { percentilePoints } from "./percentiles.ts";
import { type DrawnView, linkKeys, linkTime } from "./keys.ts";
import { RequestTable } from "./table.ts";

declare const vegaEmbed: (
  element: HTMLElement,
  spec: object,
  options: object,
) => Promise<{ readonly view: DrawnView }>;
declare const vega: {
  changeset(): {
    remove(which: unknown): { insert(rows: readonly object[]): unknown };
  };
  truthy(): boolean;
};

const OPTIONS = {
  // Expressions are interpreted: the page allows no code but its own.
  ast: true,
  renderer: "svg",
  actions: { export: true, source: false, compiled: false, editor: false },
  downloadFileName: "figure",
  i18n: { CLICK_TO_VIEW_ACTIONS: "Save this figure" },
};

/** Draws a figure when its place comes into sight, or is opened. */
function drawCharts(charts: readonly PageChart[]): ReadonlyMap<string, Promise<DrawnView>> {
  return new Map(charts.map(({ id, spec }) => {
    const element = document.getElementById(id)!;
    const drawn = vegaEmbed(element, spec, OPTIONS).then(({ view }) => {
      linkKeys(element, view);
      return view;
    });
    drawn.catch((error) => element.textContent = `This figure could not be drawn: ${error}`);
    return [id, drawn];
  }));
}

/** Opens the requests of a run, and links its figures and its table by the chosen time. */
async function startRun(
  { id, requests, stories, isWhole }: PageRun,
  views: ReadonlyMap<string, Promise<DrawnView>>,
): Promise<void> {
  const columns = await openColumns(requests);
  const section = document.getElementById(id)!;
  const table = new RequestTable(
    section.querySelector<HTMLElement>(".requests")!,
    columns,
    requests.rows,
    JSON.parse(await openText(stories)),
  );
  const percentiles = await views.get(`${id}-percentiles`);
  const showPercentiles = (window: readonly [number, number]) =>
    percentiles?.change(
      "points",
      vega.changeset().remove(vega.truthy).insert(percentilePoints(columns, window)),
    ).run();
  const time = await views.get(`${id}-time`);
  if (time === undefined) return;
  const said = section.querySelector<HTMLElement>(".window")!;
  linkTime(time, section, Number(section.dataset.secondsPerUnit), (seconds) => {
    said.textContent = seconds === undefined
      ? "All requests"
      : `Requests that arrive from ${seconds[0].toFixed(1)} s to ${seconds[1].toFixed(1)} s`;
    table.setWindow(seconds);
    if (isWhole) showPercentiles(seconds ?? [-Infinity, Infinity]);
  });
}

/** Starts the page. */
export async function startPage(): Promise<void> {
  const data = JSON.parse(document.getElementById("data")!.textContent!) as PageData;
  const views = drawCharts(data.charts);
  await Promise.all(data.runs.map((run) => startRun(run, views)));
  await Promise.allSettled(views.values());
  document.body.dataset.state = "ready";
}
