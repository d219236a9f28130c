/**
 * Makes data/targets/skyserve-traces.yaml out of the traces of skypilot-org/spot-traces:
 * deno run --allow-read --allow-write tests/support/spot_traces.ts DIRECTORY
 */

/** Sets by name: their folders and the number of instances that a value counts at most. */
const SETS = {
  "4-node": { folder: "preemption/4-node/aws-08-03-2023", most: 4 },
  "1-node": { folder: "availability/1-node/aws-02-15-2023", most: 1 },
} as const;

/** Values as counts, each with how often it comes. */
export function runLengths(values: readonly number[]): string {
  const parts: string[] = [];
  for (let from = 0, to = 0; from < values.length; from = to) {
    while (to < values.length && values[to] === values[from]) to++;
    parts.push(to - from === 1 ? `${values[from]}` : `${values[from]}x${to - from}`);
  }
  return parts.join(" ");
}

function zonesOf(folder: string): { name: string; gap: number; values: number[] }[] {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return files.map((file) => {
    const { metadata, data } = JSON.parse(Deno.readTextFileSync(`${folder}/${file}`));
    return { name: file.replace(/_.*/, ""), gap: metadata.gap_seconds, values: data };
  });
}

/** The file. @param directory Copy of the repository. */
export function spotTraces(directory: string): string {
  const sets = Object.entries(SETS).map(([name, { folder, most }]) => {
    const zones = zonesOf(`${directory}/${folder}`);
    const length = Math.min(...zones.map(({ values }) => values.length));
    return `  ${name}:
    folder: ${folder}
    most: ${most}
    interval_s: ${zones[0].gap}
    intervals: ${length}
    zones:
${zones.map((one) => `      ${one.name}: "${runLengths(one.values.slice(0, length))}"`).join("\n")}
`;
  });
  return `# Spot instances by zone and interval: counts, each with how often it comes. Zones of a set begin together; cut to
# the shortest. Made by tests/support/spot_traces.ts.
source: "skypilot-org/spot-traces, commit 221da1ab (no licence file: numbers only)"
sets:
${sets.join("")}`;
}

if (import.meta.main) {
  Deno.writeTextFileSync("data/targets/skyserve-traces.yaml", spotTraces(Deno.args[0]));
}
