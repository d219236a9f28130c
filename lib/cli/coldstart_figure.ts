import { coldStartStages } from "../plot/cold_start_stages.ts";
import { joinShortStages } from "../plot/join_short_stages.ts";
import { type FigureFormat, renderFigure } from "../plot/render.ts";
import { stageLabel } from "../plot/stage_label.ts";
import { startGraph, type StartStageRow } from "../plot/start_graph.ts";
import type { FinishedStart } from "../serverless/cold_start/start_request.ts";
import type { NamedStarts } from "./coldstart_starts.ts";

/** Draws the critical paths of the last start of each preset as stacked bars. */
export async function drawStartBars(
  starts: readonly NamedStarts[],
  format: FigureFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  const { rows, stages } = joinShortStages(
    starts.flatMap((named) =>
      lastStart(named).stages.filter((stage) => stage.critical).map((stage) => ({
        panel: "",
        series: named.preset,
        stage: stageLabel(stage.stage),
        seconds: stage.endAtSeconds - stage.startAtSeconds,
      }))
    ),
  );
  return await renderFigure(coldStartStages(rows, { stages }), format);
}

/** Draws the stages of the last start of each preset over time, and what each waits for. */
export async function drawStartGraphs(
  starts: readonly NamedStarts[],
  format: FigureFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  const rows = starts.flatMap((named) => {
    const { plan: { stages } } = named;
    return lastStart(named).stages.map((stage, i): StartStageRow => ({
      panel: named.preset,
      stage: stageLabel(stage.stage),
      startSeconds: stage.startAtSeconds,
      endSeconds: stage.endAtSeconds,
      critical: stage.critical,
      after: stages[i].after.map((other) => stageLabel(stages[other].name)),
      ...(stage.bytes > 0 && { note: `${(stage.bytes / 1e9).toFixed(1)} GB` }),
    }));
  });
  return await renderFigure(startGraph(rows), format);
}

function lastStart({ starts }: NamedStarts): FinishedStart {
  return starts[starts.length - 1];
}
