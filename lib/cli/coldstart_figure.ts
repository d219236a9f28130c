import { coldStartStages } from "../plot/cold_start_stages.ts";
import { convertSvg, type FigureFormat, renderSvg } from "../plot/render.ts";
import type { FinishedStart } from "../serverless/cold_start/start_request.ts";

/** One bar: a way to start and the stages of its last start. */
export interface StartBar {
  /** Name beside the bar. */
  readonly name: string;
  readonly start: FinishedStart;
}

/** Stages that a bar has to show to be told apart; shorter ones are together. */
const SHORTEST_SHARE = 0.02;

/** Draws the critical paths of starts as stacked bars. */
export async function drawColdStarts(
  bars: readonly StartBar[],
  format: FigureFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  const rows = bars.flatMap(({ name, start }) =>
    start.stages.filter((stage) => stage.critical).map((stage) => ({
      panel: "",
      series: name,
      stage: stage.stage.replaceAll("_", " "),
      seconds: stage.endAtSeconds - stage.startAtSeconds,
    }))
  );
  const longest = Math.max(...bars.map(({ start }) => start.readyAtSeconds));
  const seen = new Set(
    rows.filter((row) => row.seconds >= SHORTEST_SHARE * longest).map((row) => row.stage),
  );
  const named = rows.map((row) => seen.has(row.stage) ? row : { ...row, stage: "other stages" });
  const stages = [...seen, "other stages"];
  return await convertSvg(await renderSvg(coldStartStages(named, { stages })), format);
}
