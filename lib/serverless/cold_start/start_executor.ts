import { EventQueue } from "../../sim/event_queue.ts";
import { ArtifactCache } from "./artifact_cache.ts";
import { criticalPath } from "./critical_path.ts";
import { workSeconds } from "./duration.ts";
import type { Topology } from "../../network/topology.ts";
import { Transfers } from "../../network/transfers.ts";
import type { CancelledStart, FinishedStart, StartRequest, StartStage } from "./start_request.ts";
import type { ObservedTransfer } from "./observed_transfer.ts";
import type { PlanStage, StageArtifact, StageWork } from "./stages.ts";
import {
  artifactKey,
  newStart,
  type NodeShare,
  nodeShares,
  stageOf,
  type Start,
} from "./start_state.ts";
import { StartTransfers } from "./start_transfers.ts";
import type { WeightCache } from "./weight_cache.ts";

/** What a `StartExecutor` works with. */
export interface StartExecutorOptions {
  /** Links of the cluster. */
  readonly topology: Topology;
  /** Transfers over those links; new ones, which only starts use, unless given. */
  readonly transfers?: Transfers;
  /** Weights held on nodes; its node ids are those of `topology`. Without it nothing is held between starts. */
  readonly weights?: WeightCache | null;
  /** What earlier starts left behind; a new, empty one unless given. */
  readonly artifacts?: ArtifactCache;
  /** Is told of each transfer that is over. */
  readonly observed?: (transfer: ObservedTransfer) => void;
}

const DELAY_END = 0;
const POLL_END = 1;

/**
 * Runs many starts at once. Durations come from each start's plan, transfers are flows in the
 * network, so that starts on shared links slow each other down. It knows no event queue but its own:
 *
 * ```text
 * const id = executor.begin(request, now)    an instance begins to start
 * executor.nextEventSeconds()                when to call advance next; Infinity: nothing is under way
 * for (const start of executor.advance(t))   t >= every earlier instant; the starts that are over, in
 *   ...                                      order of their end (those of one instant: as they began
 *                                            their last stage); their instances serve from
 *                                            start.readyAtSeconds on
 * executor.cancel(id, now)                   scale-down or node failure during the start
 * ```
 *
 * Call `advance(now)` before `begin` or `cancel` at `now` whenever `nextEventSeconds() < now`; the
 * caller that makes `nextEventSeconds()` an event of its own loop always has. At one instant begin
 * and cancel may come before or after advance. Every call may change `nextEventSeconds()`. A start
 * without any time is over at the next `advance`, at the instant of its beginning.
 */
export class StartExecutor {
  readonly #transfers: Transfers;
  readonly #moves: StartTransfers;
  readonly #artifacts: ArtifactCache;
  readonly #timers = new EventQueue();
  readonly #starts = new Map<number, Start>();
  #finished: FinishedStart[] = [];
  #nextStart = 0;

  /** Makes an executor without any start under way. */
  constructor({ topology, transfers, weights, artifacts, observed }: StartExecutorOptions) {
    this.#transfers = transfers ?? new Transfers(topology, { countsSharers: true });
    this.#artifacts = artifacts ?? new ArtifactCache();
    this.#moves = new StartTransfers({
      topology,
      transfers: this.#transfers,
      weights: weights ?? null,
      arrived: ({ start, stage }, now) => this.#endAwaited(start, stage, now),
      ...(observed && { observed }),
    });
  }

  /** Starts under way. */
  get activeStarts(): number {
    return this.#starts.size;
  }

  /** Instant of the next change, seconds; Infinity when nothing is under way. */
  nextEventSeconds(): number {
    if (this.#finished.length > 0) return this.#finished[0].readyAtSeconds;
    return Math.min(this.#timers.nextSeconds, this.#transfers.nextSeconds);
  }

  /**
   * Begins a start and returns its id.
   *
   * @throws {RangeError} If the request has no rank, a rank without a node, or lacks a feature that the plan uses.
   */
  begin(request: StartRequest, now: number): number {
    if (request.ranks.length === 0) {
      throw new RangeError(
        "Cannot start an instance as one with at least one rank: current value is 0",
      );
    }
    const { stages } = request.plan;
    const start = newStart(this.#nextStart++, request, now);
    this.#starts.set(start.id, start);
    if (stages.length === 0) this.#finish(start, now);
    for (let i = 0; i < stages.length; i++) {
      if (stages[i].after.length === 0) this.#beginStage(start, i, now);
    }
    return start.id;
  }

  /** Forgets what starts have left on a node: the next one there finds nothing. */
  forgetNode(node: number): void {
    this.#artifacts.forgetNode(node);
  }

  /** Leaves a stage's artifact where a start with this request would look for it, ready to be used. */
  provide(request: StartRequest, stage: PlanStage): void {
    if (stage.artifact !== null) this.#record(nodeShares(request), request, stage.artifact, true);
  }

  /**
   * Gives a start up; null when it is not under way. What it moved for itself stops; transfers that
   * others wait for go on.
   */
  cancel(startId: number, now: number): CancelledStart | null {
    const start = this.#starts.get(startId);
    if (start === undefined) return null;
    this.#starts.delete(startId);
    this.#moves.leave(start, now);
    const stages: StartStage[] = [];
    for (let i = 0; i < start.endAt.length; i++) {
      if (Number.isNaN(start.startAt[i])) continue;
      if (Number.isNaN(start.endAt[i])) start.endAt[i] = now;
      stages.push(stageOf(start, i, false));
    }
    return {
      startId,
      instance: start.request.instance,
      beginAtSeconds: start.beginAtSeconds,
      cancelledAtSeconds: now,
      stages,
    };
  }

  /** Goes on to `now` and returns the starts that are over. */
  advance(now: number): FinishedStart[] {
    for (;;) {
      const flowAt = this.#transfers.nextSeconds;
      const timerAt = this.#timers.nextSeconds;
      const at = Math.min(flowAt, timerAt);
      if (!(at <= now)) break;
      if (flowAt <= at) {
        this.#transfers.advance(at);
      } else {
        this.#timers.pop();
        const { kind, a, b } = this.#timers;
        const start = this.#starts.get(a);
        if (start === undefined) continue;
        if (kind === POLL_END) this.#endStage(start, b, at);
        else this.#endDelay(start, b, at);
      }
    }
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  #beginStage(start: Start, index: number, now: number): void {
    const { request } = start;
    const stage = request.plan.stages[index];
    start.startAt[index] = now;
    const present = this.#presentOn(start, stage);
    const hit = present !== null && present.every((there) => there);
    const work = hit ? (stage.artifact as { hit: StageWork }).hit : stage.work;
    if (hit) start.cached[index] = 1;

    const spec = work.transfer;
    const moves = spec === null
      ? null
      : this.#moves.plan(start, index, spec, hit ? null : present, now);
    start.awaited[index] = 1 + (moves?.count ?? 0);
    start.bytes[index] = moves?.bytes ?? 0;
    if (moves?.count === 0 && !hit) {
      // A copy is nearer than every route begins: nothing to do, not even the time part.
      start.cached[index] = 1;
      this.#endAwaited(start, index, now);
      return;
    }
    const { led, evictedBytes } = moves ?? { led: [], evictedBytes: 0 };
    start.led[index] = led;
    const evictedBefore = request.features?.evicted_gib ?? 0;
    start.features.set("evicted_gib", evictedBefore + evictedBytes / 2 ** 30);
    let seconds = workSeconds(work, start.features) * start.noise[index];
    let fill = 0;
    for (const transfer of led) fill = Math.max(fill, this.#moves.fillSeconds(transfer));
    seconds += fill;
    if (seconds > 0) this.#timers.push(now + seconds, 0, DELAY_END, start.id, index);
    else this.#endDelay(start, index, now);
  }

  /** Per node: whether the stage's artifact is there; null when the stage leaves none. */
  #presentOn(start: Start, stage: PlanStage): boolean[] | null {
    const artifact = stage.artifact;
    if (artifact === null) return null;
    let present = start.found.get(artifact.artifact);
    if (present === undefined) {
      const key = artifactKey(start.request, artifact.key);
      const own = start.shares.map((share) => share.node);
      const declared = (node: number) => start.request.present?.(artifact.artifact, node) ?? false;
      const has = (node: number) =>
        this.#artifacts.has(artifact.artifact, node, key, artifact.readyAfterStarts);
      present = artifact.scope === "node"
        ? own.map((node) => has(node) || declared(node))
        : [has(-1) || own.every(declared)];
      start.found.set(artifact.artifact, present);
    }
    return present;
  }

  #endDelay(start: Start, index: number, now: number): void {
    for (const transfer of start.led[index] ?? []) this.#moves.begin(transfer, now);
    this.#endAwaited(start, index, now);
  }

  #endAwaited(start: Start, index: number, now: number): void {
    if (--start.awaited[index] > 0) return;
    const { pollSeconds } = start.request.plan.stages[index];
    if (pollSeconds > 0) {
      const ticks = Math.ceil((now - start.beginAtSeconds) / pollSeconds - 1e-9);
      const at = Math.max(now, start.beginAtSeconds + ticks * pollSeconds);
      if (at > now) {
        this.#timers.push(at, 0, POLL_END, start.id, index);
        return;
      }
    }
    this.#endStage(start, index, now);
  }

  #endStage(start: Start, index: number, now: number): void {
    const { plan } = start.request;
    start.endAt[index] = now;
    const { artifact } = plan.stages[index];
    const complete = artifact !== null && start.cached[index] === 0 &&
      plan.stages.every((other, i) =>
        other.artifact?.artifact !== artifact.artifact || !Number.isNaN(start.endAt[i])
      );
    if (complete) {
      this.#record(start.shares, start.request, artifact, false);
    }
    if (--start.stagesLeft === 0) {
      this.#finish(start, now);
      return;
    }
    for (let i = index + 1; i < plan.stages.length; i++) {
      if (plan.stages[i].after.includes(index) && --start.pending[i] === 0) {
        this.#beginStage(start, i, now);
      }
    }
  }

  #record(
    shares: readonly NodeShare[],
    request: StartRequest,
    artifact: StageArtifact,
    ready: boolean,
  ): void {
    const key = artifactKey(request, artifact.key);
    const nodes = artifact.scope === "cluster" ? [-1] : shares.map((share) => share.node);
    const starts = ready ? artifact.readyAfterStarts : 1;
    for (const node of nodes) this.#artifacts.record(artifact.artifact, node, key, starts);
  }

  #finish(start: Start, now: number): void {
    this.#starts.delete(start.id);
    const critical = new Set(criticalPath(start.request.plan, start.endAt));
    const stages: StartStage[] = [];
    for (let i = 0; i < start.endAt.length; i++) stages.push(stageOf(start, i, critical.has(i)));
    this.#finished.push({
      startId: start.id,
      instance: start.request.instance,
      beginAtSeconds: start.beginAtSeconds,
      readyAtSeconds: now,
      stages,
    });
  }
}
