import { EventQueue } from "../../sim/event_queue.ts";
import { ArtifactCache } from "./artifact_cache.ts";
import { criticalPath } from "./critical_path.ts";
import { lognormalFactor, startFeatures, workSeconds } from "./duration.ts";
import { Transfers } from "../../network/transfers.ts";
import type { ColdStartLinks } from "./links.ts";
import { RoutePaths } from "./route_paths.ts";
import type {
  PlanStage,
  StageArtifact,
  StageTransfer,
  StageWork,
  TransferRoute,
  WeightTier,
} from "./stages.ts";
import {
  artifactKey,
  bytesOf,
  crossesGpu,
  nearer,
  type NodeShare,
  nodeShares,
  sharedKeyOf,
  stageOf,
  type Start,
  type Transfer,
} from "./start_state.ts";
import type { CancelledStart, FinishedStart, StartRequest, StartStage } from "./start_request.ts";
import type { CachedTier, WeightCache } from "./weight_cache.ts";

/** What a `StartExecutor` works with. */
export interface StartExecutorOptions {
  /** Links of the cluster, and through them the flow network. */
  readonly links: ColdStartLinks;
  /** Weights held on nodes; its node ids are those of `links`. Without it nothing is held between starts. */
  readonly weights?: WeightCache | null;
  /** What earlier starts left behind; a new, empty one unless given. */
  readonly artifacts?: ArtifactCache;
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
  readonly #routes: RoutePaths;
  readonly #moves: Transfers;
  readonly #weights: WeightCache | null;
  readonly #artifacts: ArtifactCache;
  readonly #timers = new EventQueue();
  readonly #starts = new Map<number, Start>();
  readonly #transfers = new Map<number, Transfer>();
  /** Transfers that later starts may join, by what and where. */
  readonly #shared = new Map<string, Transfer>();
  #finished: FinishedStart[] = [];
  #nextStart = 0;

  /** Makes an executor without any start under way. */
  constructor(options: StartExecutorOptions) {
    this.#routes = new RoutePaths(options.links);
    this.#moves = new Transfers(options.links.network);
    this.#weights = options.weights ?? null;
    this.#artifacts = options.artifacts ?? new ArtifactCache();
  }

  /** Starts under way. */
  get activeStarts(): number {
    return this.#starts.size;
  }

  /** Instant of the next change, seconds; Infinity when nothing is under way. */
  nextEventSeconds(): number {
    if (this.#finished.length > 0) return this.#finished[0].readyAtSeconds;
    return Math.min(this.#timers.nextSeconds, this.#moves.nextSeconds);
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
    const count = stages.length;
    const start: Start = {
      id: this.#nextStart++,
      request,
      beginAtSeconds: now,
      features: startFeatures(request),
      shares: nodeShares(request),
      noise: new Float64Array(count).fill(1),
      pending: new Int32Array(count),
      parts: new Int32Array(count),
      startAt: new Float64Array(count).fill(NaN),
      endAt: new Float64Array(count).fill(NaN),
      cached: new Uint8Array(count),
      bytes: new Float64Array(count),
      found: new Map(),
      led: [],
      waitsFor: new Set(),
      stagesLeft: count,
      looked: false,
    };
    // All noise is drawn here, so that a draw never depends on how starts interleave.
    for (let i = 0; i < count; i++) {
      const { noiseSigma, noiseUniform, work, artifact } = stages[i];
      if (request.noise) {
        if (noiseSigma > 0) start.noise[i] = lognormalFactor(noiseSigma, request.noise);
        if (noiseUniform > 0) start.noise[i] *= 1 + noiseUniform * (2 * request.noise.next() - 1);
      }
      workSeconds(work, start.features);
      if (artifact !== null) workSeconds(artifact.hit, start.features);
      start.pending[i] = stages[i].after.length;
    }
    this.#starts.set(start.id, start);
    if (count === 0) this.#finish(start, now);
    for (let i = 0; i < count; i++) {
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
    for (const transfer of start.waitsFor) {
      const others = transfer.waiters.filter((waiter) => waiter.start !== start);
      transfer.waiters.length = 0;
      transfer.waiters.push(...others);
      if (others.length === 0) this.#stopTransfer(transfer, now);
      else if (!transfer.begun) this.#beginTransfer(transfer, now);
    }
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
      const flowAt = this.#moves.nextSeconds;
      const timerAt = this.#timers.nextSeconds;
      const at = Math.min(flowAt, timerAt);
      if (!(at <= now)) break;
      if (flowAt <= at) {
        for (const id of this.#moves.advance(at)) this.#endMove(id, at);
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
    const { request, shares } = start;
    const stage = request.plan.stages[index];
    start.startAt[index] = now;
    const present = this.#presentOn(start, stage);
    const hit = present !== null && present.every((there) => there);
    const work = hit ? (stage.artifact as { hit: StageWork }).hit : stage.work;
    if (hit) start.cached[index] = 1;

    let evictedBytes = 0;
    let routed = 0;
    const led: Transfer[] = [];
    const spec = work.transfer;
    start.parts[index] = 1;
    if (spec !== null) {
      for (let i = 0; i < shares.length; i++) {
        const share = shares[i];
        if (present !== null && !hit && present[i]) continue;
        const place = spec.what === "weights" ? this.#placeOf(start, share) : "remote";
        const route = spec.routes[place];
        if (route === undefined) continue;
        routed++;
        const sharedKey = spec.oncePerNode ? sharedKeyOf(request, index, spec, share) : "";
        let transfer = sharedKey === "" ? undefined : this.#shared.get(sharedKey);
        if (transfer === undefined) {
          const bytes = bytesOf(request, spec, share) * spec.fraction;
          transfer = this.#planTransfer(share, spec, route, place, bytes, sharedKey);
          if (spec.what === "weights" && this.#weights !== null) {
            evictedBytes += this.#makeRoom(transfer, request, now);
          }
          led.push(transfer);
          start.bytes[index] += bytes;
        }
        transfer.waiters.push({ start, stage: index });
        start.waitsFor.add(transfer);
        start.parts[index]++;
      }
      if (routed === 0 && !hit) {
        // A copy is nearer than every route begins: nothing to do, not even the time part.
        start.cached[index] = 1;
        this.#endPart(start, index, now);
        return;
      }
    }
    start.led[index] = led;
    const evictedBefore = request.features?.evicted_gib ?? 0;
    start.features.set("evicted_gib", evictedBefore + evictedBytes / 2 ** 30);
    let seconds = workSeconds(work, start.features) * start.noise[index];
    let fill = 0;
    for (const transfer of led) fill = Math.max(fill, this.#routes.fillSeconds(transfer));
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
      const nodes = artifact.scope === "node" ? start.shares.map((share) => share.node) : [-1];
      present = nodes.map((node) =>
        this.#artifacts.has(artifact.artifact, node, key, artifact.readyAfterStarts)
      );
      start.found.set(artifact.artifact, present);
    }
    return present;
  }

  #placeOf(start: Start, share: NodeShare): WeightTier {
    const cache = this.#weights;
    if (cache === null || share.staged === "dram") return share.staged;
    const held = start.looked
      ? cache.tier(share.node, share.key)
      : cache.lookUp(share.node, share.key);
    if (share === start.shares[start.shares.length - 1]) start.looked = true;
    return nearer(held, share.staged);
  }

  #planTransfer(
    share: NodeShare,
    spec: StageTransfer,
    route: TransferRoute,
    place: WeightTier,
    bytes: number,
    sharedKey: string,
  ): Transfer {
    const readable = this.#weights !== null && spec.what === "weights" && place !== "remote" &&
      this.#weights.has(share.node, place, share.key);
    const transfer: Transfer = {
      moveId: -1,
      sharedKey,
      share,
      spec,
      route,
      bytes,
      chunkBytes: Math.min(spec.chunkBytes, bytes),
      waiters: [],
      reserved: [],
      reading: readable ? place as CachedTier : null,
      begun: false,
    };
    if (sharedKey !== "") this.#shared.set(sharedKey, transfer);
    return transfer;
  }

  /** Pins what is read and sets room aside for what arrives; returns the bytes given up for it. */
  #makeRoom(transfer: Transfer, request: StartRequest, now: number): number {
    const cache = this.#weights as WeightCache;
    const { share, reading } = transfer;
    if (reading !== null) cache.pin(share.node, reading, share.key, now);
    let evicted = 0;
    for (const tier of transfer.spec.keepIn) {
      if (cache.has(share.node, tier, share.key)) continue;
      const bytes = cache.reserve(
        share.node,
        tier,
        share.key,
        share.weightBytes,
        now,
        request.reloadSeconds,
      );
      if (bytes < 0) continue;
      transfer.reserved.push(tier);
      evicted += bytes;
    }
    return evicted;
  }

  #endDelay(start: Start, index: number, now: number): void {
    for (const transfer of start.led[index] ?? []) {
      if (!transfer.begun) this.#beginTransfer(transfer, now);
    }
    this.#endPart(start, index, now);
  }

  #beginTransfer(transfer: Transfer, now: number): void {
    const { share, route, bytes } = transfer;
    transfer.begun = true;
    const gpus = crossesGpu(route) ? share.gpus : [share.gpus[0]];
    const paths = gpus.map((gpu) => this.#routes.path(route, share.node, gpu))
      .filter((path) => path >= 0);
    if (paths.length === 0) return this.#endTransfer(transfer, now);
    transfer.moveId = this.#moves.start(paths, bytes / gpus.length, now);
    this.#transfers.set(transfer.moveId, transfer);
  }

  #endMove(moveId: number, now: number): void {
    const transfer = this.#transfers.get(moveId);
    if (transfer !== undefined) this.#endTransfer(transfer, now);
  }

  #endTransfer(transfer: Transfer, now: number): void {
    const { share, spec, reserved, reading, waiters } = transfer;
    this.#forget(transfer);
    if (reading !== null) this.#weights?.unpin(share.node, reading, share.key);
    for (const tier of reserved) this.#weights?.commit(share.node, tier, share.key);
    for (const { start, stage } of waiters) {
      if (spec.what === "weights") {
        const own = start.shares.find((other) => other.node === share.node) as NodeShare;
        for (const tier of spec.keepIn) own.staged = nearer(own.staged, tier);
      }
      start.waitsFor.delete(transfer);
      this.#endPart(start, stage, now);
    }
  }

  #stopTransfer(transfer: Transfer, now: number): void {
    const { share, reserved, reading } = transfer;
    this.#forget(transfer);
    this.#moves.cancel(transfer.moveId, now);
    if (reading !== null) this.#weights?.unpin(share.node, reading, share.key);
    for (const tier of reserved) this.#weights?.abandon(share.node, tier, share.key, now);
  }

  #forget(transfer: Transfer): void {
    this.#transfers.delete(transfer.moveId);
    if (transfer.sharedKey !== "") this.#shared.delete(transfer.sharedKey);
  }

  #endPart(start: Start, index: number, now: number): void {
    if (--start.parts[index] > 0) return;
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
