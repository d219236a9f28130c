import type { Place } from "../../network/places.ts";
import type { ObservedTransfer } from "../../serverless/cold_start/observed_transfer.ts";
import { flowEnd, nanoseconds, slice } from "./event_text.ts";
import type { DrawnStage, InstanceTracks } from "./instance_tracks.ts";
import { clipped, lanesOf } from "./lanes.ts";
import type { TraceRecorder } from "./trace_recorder.ts";
import { INSTANCES_PID, machinePid, STORES_PID, type Track, TrackNumbers } from "./tracks.ts";

/** A transfer as it is drawn: a slice at its source, nanoseconds. */
interface DrawnTransfer {
  readonly transfer: ObservedTransfer;
  readonly startNs: number;
  readonly endNs: number;
  readonly isClipped: boolean;
}

const PLACE_NAMES: Readonly<Record<Place["kind"], string>> = {
  registry: "image registry",
  store: "weight store",
  disk: "disk",
  host: "host memory",
  gpu: "GPU",
};

/**
 * Draws transfers as slices on tracks of where the bytes come from, with an arrow to each stage that
 * has waited for them. Transfers from one place that overlap have tracks of their own.
 */
export function transferTracks(
  { transfers, windowSeconds, record }: TraceRecorder,
  { stages }: InstanceTracks,
  numbers: TrackNumbers,
): Track[] {
  const hasMachines = record.lives.some(({ ranks }) => ranks !== undefined);
  const bySource = new Map<string, { pid: number; name: string; drawn: DrawnTransfer[] }>();
  for (const transfer of transfers) {
    // Those whose stages are not drawn have instances that are left out.
    if (!transfer.waiters.some(({ instanceId }) => stages.has(instanceId))) continue;
    const part = clipped(transfer.startAtSeconds, transfer.endAtSeconds, windowSeconds);
    if (part === undefined) continue;
    const [startNs, endNs] = [nanoseconds(part.start), nanoseconds(part.end)];
    if (endNs <= startNs) continue;
    const { kind } = transfer.from;
    const pid = pidOf(transfer.from, hasMachines);
    const key = `${pid} ${kind}`;
    const source = bySource.get(key) ?? { pid, name: PLACE_NAMES[kind], drawn: [] };
    bySource.set(key, source);
    source.drawn.push({ transfer, startNs, endNs, isClipped: part.isClipped });
  }
  const arrows = { next: 1 };
  return [...bySource.values()].toSorted((one, other) =>
    one.pid - other.pid || (one.name < other.name ? -1 : 1)
  ).flatMap(({ pid, name, drawn }) => {
    drawn.sort((one, other) => one.startNs - other.startNs || one.endNs - other.endNs);
    const lanes: Track[] = [];
    lanesOf(drawn).forEach((lane, i) => {
      const laneName = lane === 0 ? name : `${name}, ${lane + 1}`;
      const track = lanes[lane] ??= { pid, tid: numbers.next(), name: laneName, items: [] };
      addTransfer(track, drawn[i], stages, arrows);
    });
    return lanes;
  });
}

function pidOf(from: Place, hasMachines: boolean): number {
  if (from.kind === "registry" || from.kind === "store") return STORES_PID;
  return hasMachines ? machinePid(from.node) : INSTANCES_PID;
}

function addTransfer(
  track: Track,
  { transfer, startNs, endNs, isClipped }: DrawnTransfer,
  stages: InstanceTracks["stages"],
  arrows: { next: number },
): void {
  const { use, bytes, waiters, isCut, startAtSeconds, endAtSeconds } = transfer;
  const at = [track.pid, track.tid] as const;
  const to = waiters.map(({ instanceId }) =>
    instanceId < 0 ? `pool member ${-instanceId}` : `instance ${instanceId}`
  );
  track.items.push(slice(at, [startNs, endNs], "transfer", use, {
    bytes,
    ...(!isCut && { bytes_per_s: Math.round(bytes / (endAtSeconds - startAtSeconds)) }),
    to: to.join(", "),
    ...(isCut && { given_up: true }),
    ...(isClipped && { cut_by_window: true }),
  }));
  if (isCut) return;
  const arrivesNs = nanoseconds(endAtSeconds);
  for (const { instanceId, stage } of waiters) {
    const target = stages.get(instanceId)?.find((one) => isIn(one, stage, arrivesNs));
    if (target === undefined) continue;
    // An arrow lands inside a slice, not on its end, where the next one may begin.
    const landsNs = Math.min(arrivesNs, target.endNs - 1);
    if (landsNs < startNs) continue;
    const id = arrows.next++;
    track.items.push(flowEnd(at, startNs, "s", id));
    target.track.items.push(flowEnd([target.track.pid, target.track.tid], landsNs, "f", id));
  }
}

/** Whether bytes that arrive at an instant have arrived in a stage. */
function isIn({ stage, startNs, endNs }: DrawnStage, name: string, atNs: number): boolean {
  return stage === name && startNs <= atNs && atNs <= endNs;
}
