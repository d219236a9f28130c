import { platformPreset, PLATFORMS } from "../serverless/platforms/platform_preset.ts";
import type { PlatformPreset } from "../serverless/platforms/platform_preset.ts";
import { renderTable } from "./reference.ts";

const INTRODUCTION = `# Platforms

How known serverless platforms scale, keep idle instances, hold requests back, cut them off and
bill. \`--platform NAME\`, or \`platform: NAME\` in a file, puts the settings of one below the
configuration: what a file or \`--set\` says wins, setting by setting.

Each has a file in \`data/platforms\`, from which this page is made by \`deno task reference\`. The
tables list what a platform's documentation says, where, and by which test the preset does so; what
has no test is left out, with the reason or the setting that has it. "Assumed" is what no source
says. Tables of the same kind for the autoscalers stand in [HPA, KEDA and Knative](autoscalers.md)
and [Ray Serve, Dynamo, llm-d and SkyServe](serving-autoscalers.md). Every mechanism is a setting of
its own and works without a platform:

| Mechanism                                    | Settings                                                               |
| -------------------------------------------- | ---------------------------------------------------------------------- |
| requests at once on an instance              | \`gateway.concurrency_per_instance\`                                     |
| a wait as long as so many starts             | \`gateway.timeout\`, \`gateway.timeout_starts\` (\`on_no_capacity: buffer\`) |
| an execution limit                           | \`gateway.execution_limit\`                                              |
| a client's deadline                          | \`workload.client_deadline\`, \`workload.classes[].client_deadline\`       |
| a limit on draining                          | \`scaling.drain_limit\`, \`scaling.after_drain_limit\`                     |
| instances by the count of requests, a buffer | \`scaling.policy: request-count\`                                        |
| instances by the wait of the oldest request  | \`scaling.policy: queue-delay\`                                          |
| alarms on a target, with datapoints          | \`scaling.policy: target-tracking\`                                      |
| workers that keep their state                | \`scaling.keep_alive.sleep\`                                             |
| steps of the bill                            | \`cost.billing.granularity\`, \`.minimum\`, \`.from\`                        |

## Limits on time

A request has a limit on each part of its way, and an outcome for each limit
([outcomes](metrics.md#requests)):

| Part                                | Limit                                | Outcome                            |
| ----------------------------------- | ------------------------------------ | ---------------------------------- |
| waiting at the gateway              | \`gateway.timeout\`, \`.timeout_starts\` | \`timed_out\`, \`rejected_wait_limit\` |
| in an instance, its queue included  | \`gateway.execution_limit\`            | \`execution_limit\`                  |
| in an instance that is told to stop | \`scaling.drain_limit\`                | \`drain_limit\`                      |
| from its arrival on, wherever it is | \`workload.client_deadline\`           | \`client_deadline\`                  |

At its limit a wait has timed out, or is refused where the platform does that (429 of Cloud Run:
\`gateway.after_timeout: reject\`).

An engine changes its batch between two steps. A request whose time is over while it waits leaves at
once; one that is in the step in progress leaves when that step ends, and a token that the step
yields has reached nobody. In a static batch it keeps its place until the batch returns. The drain
limit kills the process: the step in progress is lost, and what is left ends (\`fail\`), begins anew
(\`restart\`) or goes on elsewhere by computing prompt and output so far again (\`resume\`), as after a
fault. A request that goes to another instance begins a new execution; its client's deadline stays.
`;

/** Characters of a line. */
const WIDTH = 100;

const HEAD = ["What it does", "Source", "Test, or why it is left out"] as const;

/** The page of platforms in Markdown: docs/platforms.md is this text. */
export function renderPlatformsPage(): string {
  return `${INTRODUCTION}\n${PLATFORMS.map((name) => sectionOf(platformPreset(name))).join("\n")}`;
}

function sectionOf(
  { id, summary, asOf, sources, assumed, behaviours, configuration }: PlatformPreset,
) {
  const list = (items: readonly string[], mark: (i: number) => string) =>
    items.map((text, i) => wrapped(`${mark(i)} ${text}`, mark(i).length + 1)).join("");
  const rows = behaviours.map(({ says, source, test, leftOut }) =>
    [
      says,
      `${source}`,
      test === undefined ? `left out: ${leftOut}` : `holds: "${test}"`,
    ].map((text) => text.replaceAll("|", "\\|"))
  );
  const table = rows.length === 0 ? "" : `\n${renderTable(HEAD, rows)}\n`;
  return `## ${id}\n\n${wrapped(`${summary}. Facts as of ${asOf}.`, 0)}${table}
Sources:

${list(sources, (i) => `${i + 1}.`)}
Assumed:

${list(assumed, () => "-")}
\`\`\`yaml
${configuration.trimEnd()}
\`\`\`
`;
}

/** The text in lines of the page's width, later ones indented, as the formatter would break it. */
function wrapped(text: string, indent: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last.trim() === "") lines[lines.length - 1] = last + word;
    else if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(" ".repeat(indent) + word);
  }
  return `${lines.join("\n")}\n`;
}
