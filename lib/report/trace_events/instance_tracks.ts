import type { RunRecord } from "../../metrics/run_record.ts";
import { StageSpansByInstance } from "../../serverless/cold_start/stage_spans.ts";
import { lifePhases, type PhaseSpan, poolMemberPhases } from "../../serverless/life_phases.ts";
import type { InstanceLife, PoolMemberLife } from "../../serverless/lifecycle.ts";
import { instant, nanoseconds, slice, type TrackItem } from "./event_text.ts";
import { clipped, lanesOf } from "./lanes.ts";
import type { TraceRecorder } from "./trace_recorder.ts";
import { INSTANCES_PID, machinePid, type Track, TrackNumbers } from "./tracks.ts";

/** A stage of a start as it is drawn, nanoseconds. */
export interface DrawnStage {
  readonly stage: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly track: Track;
}

/** An instance, or a pool's member that none was made of, as it is drawn. */
export interface InstanceTrack extends Track {
  /** Number of the instance; -1 for such a member. */
  readonly instanceId: number;
}

/** Tracks of instances, and where the stages of their starts are. */
export interface InstanceTracks {
  readonly tracks: readonly InstanceTrack[];
  /** Further tracks, for stages of starts beside others. */
  readonly lanes: readonly Track[];
  /** Stages by the number of the start: the instance's, or that of a pool's member below 0. */
  readonly stages: ReadonlyMap<number, readonly DrawnStage[]>;
  /** Instances in the window that are left out. */
  readonly leftOut: number;
}

/** Draws the lives of the instances of a run and the stages of their starts. */
export function instanceTracks(
  recorder: TraceRecorder,
  functionNames: readonly string[],
  numbers: TrackNumbers,
): InstanceTracks {
  const { record, windowSeconds } = recorder;
  const drawing = new Drawing(record, windowSeconds, numbers);
  const members = (record.pools ?? []).flatMap((pool) => pool.members);
  const memberOf = new Map(members.map((one) => [one.instanceId, one]));
  const limit = Math.min(recorder.instanceLimit, mostInstances(recorder.maxBytes));
  let drawn = 0, leftOut = 0;
  const isDrawn = (from: number, to: number, number: number) => {
    if (!(to > from) || clipped(from, to, windowSeconds) === undefined) return false;
    if (number < recorder.instanceLimit && drawn++ < limit) return true;
    leftOut++;
    return false;
  };
  for (const life of record.lives) {
    const member = memberOf.get(life.instanceId);
    const from = member?.createdAtSeconds ?? life.createdAtSeconds;
    if (!isDrawn(from, life.stoppedAtSeconds, life.instanceId)) continue;
    drawing.instance(life, member, functionNames[life.functionId]);
  }
  for (const member of members) {
    if (member.instanceId >= 0) continue;
    const { createdAtSeconds, endAtSeconds, memberId } = member;
    if (!isDrawn(createdAtSeconds, endAtSeconds, -1 - memberId)) continue;
    drawing.member(member, functionNames[member.functionId]);
  }
  const { tracks, lanes, stages } = drawing;
  return { tracks, lanes, stages, leftOut };
}

/** Instances that the names of their tracks alone leave room for. */
function mostInstances(maxBytes: number): number {
  return Math.ceil(maxBytes / 2000);
}

class Drawing {
  readonly tracks: InstanceTrack[] = [];
  readonly lanes: Track[] = [];
  readonly stages = new Map<number, DrawnStage[]>();
  readonly #record: RunRecord;
  readonly #window: readonly [number, number];
  readonly #numbers: TrackNumbers;
  readonly #spans: StageSpansByInstance;

  constructor(record: RunRecord, window: readonly [number, number], numbers: TrackNumbers) {
    this.#record = record;
    this.#window = window;
    this.#numbers = numbers;
    this.#spans = new StageSpansByInstance(record.stageSpans);
  }

  /** The life of an instance, and before it that of the member that it was made of. */
  instance(life: InstanceLife, member: PoolMemberLife | undefined, functionName: string): void {
    const { instanceId, ranks = [], drainingAtSeconds, readyAtSeconds } = life;
    const nodes = [...new Set(ranks.map(({ node }) => node))];
    const pid = nodes.length === 0 ? INSTANCES_PID : machinePid(nodes[0]);
    const over = nodes.length > 1 ? `, on machines ${nodes.join(" ")}` : "";
    const track = this.#track(pid, instanceId, `instance ${instanceId} (${functionName})${over}`);
    const { items } = track;
    if (member !== undefined) {
      this.#phases(track, poolMemberPhases(member));
      this.#stages(track, member.memberId);
    }
    this.#phases(track, served(lifePhases(life)));
    this.#stages(track, instanceId);
    const [from, to] = this.#window;
    if (drainingAtSeconds >= Math.max(readyAtSeconds, from) && drainingAtSeconds < to) {
      items.push(instant([pid, track.tid], nanoseconds(drainingAtSeconds), "told to stop"));
    }
  }

  /** The life of a pool's member that no instance was made of. */
  member(member: PoolMemberLife, functionName: string): void {
    const track = this.#track(
      INSTANCES_PID,
      -1,
      `pool member ${-member.memberId} (${functionName})`,
    );
    this.#phases(track, poolMemberPhases(member));
    this.#stages(track, member.memberId);
  }

  #track(pid: number, instanceId: number, name: string): InstanceTrack & { items: TrackItem[] } {
    const track = { pid, tid: this.#numbers.next(), name, items: [], instanceId };
    this.tracks.push(track);
    return track;
  }

  #phases({ pid, tid, items }: Track, phases: readonly (Omit<PhaseSpan, "phase"> & Named)[]): void {
    for (const { phase, startAtSeconds, endAtSeconds } of phases) {
      const part = clipped(startAtSeconds, endAtSeconds, this.#window);
      if (part === undefined) continue;
      const span = [nanoseconds(part.start), nanoseconds(part.end)] as const;
      items.push(slice([pid, tid], span, "life", phase, clippedFrom(part, startAtSeconds)));
    }
  }

  /** The stages of a start, those that overlap others on tracks of their own. */
  #stages(track: InstanceTrack, startId: number): void {
    const { stageSpans } = this.#record;
    const found = Array.from(this.#spans.rowsOf(startId), (row) => ({
      row,
      part: clipped(stageSpans.startAtSeconds[row], stageSpans.endAtSeconds[row], this.#window),
    })).filter(({ part }) => part !== undefined).map(({ row, part }) => ({
      stage: stageSpans.names[stageSpans.stage[row]],
      values: {
        critical: stageSpans.critical[row] === 1,
        ...clippedFrom(part!, stageSpans.startAtSeconds[row]),
      },
      startNs: nanoseconds(part!.start),
      endNs: nanoseconds(part!.end),
    })).filter(({ startNs, endNs }) => endNs > startNs)
      .sort((one, other) => one.startNs - other.startNs || other.endNs - one.endNs);
    const lanes: Track[] = [track];
    const places = lanesOf(found);
    const drawn = found.map(({ stage, values, startNs, endNs }, i): DrawnStage => {
      const at = lanes[places[i]] ??= this.#lane(track, places[i]);
      at.items.push(slice([at.pid, at.tid], [startNs, endNs], "start", stage, values));
      return { stage, startNs, endNs, track: at };
    });
    if (drawn.length > 0) this.stages.set(startId, drawn);
  }

  #lane({ pid, name }: Track, lane: number): Track {
    const what = name.replace(/ \(.*$/s, "");
    const track = {
      pid,
      tid: this.#numbers.next(),
      name: `${what}, start ${lane + 1}`,
      items: [],
    };
    this.lanes.push(track);
    return track;
  }
}

interface Named {
  readonly phase: string;
}

/**
 * Phases with the time in which an instance is up as one: a step may go on while its instance is told
 * to stop.
 */
function served(phases: readonly PhaseSpan[]): (Omit<PhaseSpan, "phase"> & Named)[] {
  const up = phases.filter(({ phase }) => phase === "ready" || phase === "draining");
  const others = phases.filter((one) => !up.includes(one));
  if (up.length === 0) return others;
  const [{ startAtSeconds }] = up;
  return [...others, { phase: "up", startAtSeconds, endAtSeconds: up.at(-1)!.endAtSeconds }];
}

/** What a slice says of a stretch that the window cuts. */
function clippedFrom({ isClipped }: { readonly isClipped: boolean }, startAtSeconds: number) {
  return isClipped ? { cut_by_window: true, whole_start_s: startAtSeconds } : {};
}
