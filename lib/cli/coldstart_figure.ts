import { coldStartStages } from "../plot/cold_start_stages.ts";
import { joinShortStages } from "../plot/join_short_stages.ts";
import { convertSvg, type FigureFormat, renderSvg } from "../plot/render.ts";
import { stageLabel } from "../plot/stage_label.ts";
import type { FinishedStart } from "../serverless/cold_start/start_request.ts";

/** One bar: a way to start and the stages of its last start. */
export interface StartBar {
  /** Name beside the bar. */
  readonly name: string;
  readonly start: FinishedStart;
}

/** Draws the critical paths of starts as stacked bars. */
export async function drawColdStarts(
  bars: readonly StartBar[],
  format: FigureFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  const rows = bars.flatMap(({ name, start }) =>
    start.stages.filter((stage) => stage.critical).map((stage) => ({
      panel: "",
      series: name,
      stage: stageLabel(stage.stage),
      seconds: stage.endAtSeconds - stage.startAtSeconds,
    }))
  );
  const { rows: drawn, stages } = joinShortStages(rows);
  return await convertSvg(await renderSvg(coldStartStages(drawn, { stages })), format);
}
