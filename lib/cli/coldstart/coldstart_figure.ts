import { coldStartStages } from "../../plot/cold_start_stages.ts";
import { joinShortStages } from "../../plot/join_short_stages.ts";
import { type FigureFormat, renderFigure } from "../../plot/render.ts";
import { stageLabel } from "../../plot/stage_label.ts";
import { startGraph, type StartStageRow } from "../../plot/start_graph.ts";
import { stagePlace } from "../../serverless/cold_start/stages.ts";
import type { FinishedStart } from "../../serverless/cold_start/start_request.ts";
import type { NamedStarts } from "./coldstart_starts.ts";

/** Draws the critical paths of the last start of each preset as stacked bars. */
export async function drawStartBars(
  starts: readonly NamedStarts[],
  format: FigureFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  const bars = starts.flatMap((named) =>
    lastStart(named).stages.filter((stage) => stage.critical)
      .map((stage) => ({ ...stage, preset: named.preset }))
  );
  const { rows, stages } = joinShortStages(
    bars.toSorted((a, b) => stagePlace(a.stage) - stagePlace(b.stage)).map((stage) => ({
      panel: "",
      series: stage.preset,
      stage: stageLabel(stage.stage),
      seconds: stage.endAtSeconds - stage.startAtSeconds,
    })),
  );
  const series = starts.map(({ preset }) => preset);
  return await renderFigure(
    coldStartStages(rows, { series, stages, nameWidth: 122, split: true }),
    format,
  );
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
