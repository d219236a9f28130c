import type { OpenColumn } from "./columns.ts";
import { secondsText } from "./figure_text.ts";

/** Parts shorter than this share of the whole are not told of. */
const LEAST_SHARE = 0.005;

/** What happened to a request, in a line. */
export function tellStory(columns: ReadonlyMap<string, OpenColumn>, row: number): string {
  const value = (name: string) => columns.get(name)?.values[row] ?? NaN;
  const text = (name: string) => {
    const column = columns.get(name);
    return column?.texts?.[column.values[row]] ?? "";
  };
  const e2e = value("e2e_s");
  const parts = [`arrived ${value("arrival_s").toFixed(1)} s`];
  const wait = value("cold_start_wait_s");
  const delay = value("scheduling_delay_s");
  const least = LEAST_SHARE * (Number.isNaN(e2e) ? 0 : e2e);
  if (wait > least) {
    const stages = Array.from(columns)
      .filter(([name]) => name.startsWith("wait:") && value(name) > LEAST_SHARE * wait)
      .sort(([one], [other]) => value(other) - value(one))
      .map(([name]) => `${name.slice("wait:".length)} ${secondsText(value(name))}`);
    parts.push(
      `waited ${secondsText(wait)} for instance ${value("instance")} to start` +
        (stages.length > 0 ? ` (${stages.join(", ")})` : ""),
    );
  }
  if (delay - wait > least) parts.push(`queued ${secondsText(delay - Math.max(0, wait))}`);
  const prefill = value("ttft_s") - delay;
  if (prefill > 0) {
    parts.push(`prompt of ${value("prompt_tokens")} tokens in ${secondsText(prefill)}`);
  }
  const preemptions = value("preemptions");
  if (preemptions > 0) {
    parts.push(`preempted ${preemptions === 1 ? "once" : `${preemptions} times`}`);
  }
  if (!Number.isNaN(e2e)) {
    parts.push(
      `${value("output_tokens")} tokens, TTFT ${secondsText(value("ttft_s"))}, ` +
        `E2E ${secondsText(e2e)}`,
    );
  }
  if (text("outcome") !== "completed") parts.push(text("outcome").replaceAll("_", " "));
  return parts.join("; ");
}
