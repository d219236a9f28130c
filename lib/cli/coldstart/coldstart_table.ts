import { shownName } from "../../std/safe_text.ts";
import type { NamedStarts } from "./coldstart_starts.ts";
import type { ModelSize } from "../model_size.ts";
import { textTable } from "../text_table.ts";

/** Stages of the critical path below this are not worth a word, seconds. */
const SHORTEST_SECONDS = 0.005;

/** Starts as lines: all stages of the only preset, or the critical path of each. */
export function showStarts(size: ModelSize, starts: readonly NamedStarts[]): string[] {
  const model = `${shownName(size.name)}, ${(size.weightBytes / 1e9).toFixed(1)} GB`;
  return [model, ...(starts.length === 1 ? showStages(starts[0]) : comparePresets(starts))];
}

function showStages({ preset, platform, starts }: NamedStarts): string[] {
  const last = starts[starts.length - 1];
  const stages = last.stages.map((stage) => [
    stage.stage,
    stage.startAtSeconds.toFixed(2),
    stage.endAtSeconds.toFixed(2),
    (stage.endAtSeconds - stage.startAtSeconds).toFixed(2),
    stage.critical ? "critical" : "",
    stage.cached ? "cached" : "",
  ]);
  return [
    `${shownName(preset)} (${shownName(platform)})`,
    "",
    ...textTable([["stage", "from", "to", "seconds", "", ""], ...stages], [0, 4, 5]),
    "",
    ...starts.map(({ instance, readyAtSeconds }) =>
      `instance ${instance} ready after ${readyAtSeconds.toFixed(2)} s`
    ),
  ];
}

function comparePresets(compared: readonly NamedStarts[]): string[] {
  const rows = compared.map(({ preset, platform, starts }) => {
    const { stages, readyAtSeconds } = starts[starts.length - 1];
    const path = stages.filter(({ critical }) => critical)
      .map(({ stage, startAtSeconds, endAtSeconds }) => ({
        stage,
        seconds: endAtSeconds - startAtSeconds,
      }))
      .filter(({ seconds }) => seconds >= SHORTEST_SECONDS)
      .map(({ stage, seconds }) => `${stage} ${seconds.toFixed(2)}`);
    return [preset, platform, readyAtSeconds.toFixed(2), path.join(", ")];
  });
  const head = ["preset", "platform", "ready after, s", "critical path, s"];
  return ["", ...textTable([head, ...rows], [0, 1, 3])];
}
