import type { PoolRecord } from "../../metrics/run_record.ts";
import type { RankPlace } from "../../serverless/cold_start/start_request.ts";
import type { ClusterParts, PoolParts } from "../cluster_parts.ts";
import type { NodePool } from "../machines/node_pool.ts";

/** What a start can begin with in place of nothing. */
export interface PoolMember {
  /** Number, below 0. */
  readonly id: number;
  /** Its machine; -1 where machines are not told apart. */
  readonly node: number;
  /** GPUs that it holds; empty for none, or where machines are not told apart. */
  readonly ranks: readonly RankPlace[];
  readonly createdAtSeconds: number;
  readyAtSeconds: number;
  endAtSeconds: number;
  /** Function and instance that were made of it; -1 for none. */
  functionId: number;
  instanceId: number;
}

/** One pool and its members. */
interface Pool {
  readonly parts: PoolParts;
  /** Members that can be taken, the oldest first, and those on their way. */
  readonly ready: PoolMember[];
  readonly warming: PoolMember[];
  readonly all: PoolMember[];
  target: number;
  /** Demands since the size was last decided. */
  recent: number;
  demands: number;
  hits: number;
  evicted: number;
}

/**
 * The pools of pre-warmed machines, containers and engines: hands members to starts, makes new ones
 * in the background, and gives members up when there are too many or instances need their GPUs.
 */
export class PrewarmedPools {
  readonly #pools: readonly Pool[];
  readonly #parts: ClusterParts;
  readonly #nodes: NodePool | undefined;
  #nextId = -1;

  /** @throws {RangeError} If functions share a pool that need different things of a machine. */
  constructor(parts: ClusterParts, nodes: NodePool | undefined) {
    checkShared(parts);
    this.#parts = parts;
    this.#nodes = nodes;
    this.#pools = (parts.pools ?? []).map((pool) => ({
      parts: pool,
      ready: [],
      warming: [],
      all: [],
      target: 0,
      recent: 0,
      demands: 0,
      hits: 0,
      evicted: 0,
    }));
  }

  /** The pools are full when the run begins. */
  fill(now: number): void {
    for (const pool of this.#pools) {
      pool.target = pool.parts.size.initialSize;
      while (pool.ready.length < pool.target) {
        const member = this.#create(pool, now);
        if (member === undefined) break;
        this.#becomeReady(pool, member, now);
      }
    }
  }

  /**
   * Decides the size of a pool anew, and makes it so.
   *
   * @param mayWarm Whether a member of a function's pool may take GPUs now.
   * @returns Whether members have gone.
   */
  resize(index: number, now: number, mayWarm: (functionId: number) => boolean): boolean {
    const pool = this.#pools[index];
    const before = this.#count(pool);
    pool.target = pool.parts.size.size(pool.recent);
    pool.recent = 0;
    while (this.#count(pool) > pool.target) {
      this.#giveUp(pool, pool.warming.at(-1) ?? pool.ready.at(-1)!, now);
    }
    const isLess = this.#count(pool) < before;
    this.#refill(pool, now, mayWarm);
    return isLess;
  }

  /** A member for a start of the function, on a machine that will do unless it holds its GPUs. */
  take(
    functionId: number,
    now: number,
    willDo: (node: number) => boolean,
  ): PoolMember | undefined {
    const pool = this.#poolOf(functionId);
    if (pool === undefined) return undefined;
    const place = pool.ready.findIndex(({ node }) =>
      node < 0 || pool.parts.holdsGpus || willDo(node)
    );
    if (place < 0) return undefined;
    const [member] = pool.ready.splice(place, 1);
    member.endAtSeconds = now;
    member.functionId = functionId;
    return member;
  }

  /** A start of the function has begun, with a member or with nothing: what was taken is made up for. */
  started(
    functionId: number,
    now: number,
    member: PoolMember | undefined,
    mayWarm: (functionId: number) => boolean,
  ): void {
    const pool = this.#poolOf(functionId);
    if (pool === undefined) return;
    pool.demands++;
    pool.recent++;
    if (member !== undefined) pool.hits++;
    this.#refill(pool, now, mayWarm);
  }

  /** The stages of a member's start are over. */
  becomeReady(id: number, now: number): void {
    for (const pool of this.#pools) {
      const member = pool.warming.find((one) => one.id === id);
      if (member === undefined) continue;
      pool.warming.splice(pool.warming.indexOf(member), 1);
      this.#becomeReady(pool, member, now);
    }
  }

  /**
   * Gives members of other pools up so that an instance of the function finds GPUs: on the machine
   * where the fewest have to go, then the lowest. Returns whether there is room then.
   */
  giveWay(functionId: number, now: number): boolean {
    const { gpus, gpuTypes } = this.#parts.placement!.needs[functionId];
    const { count, freeGpus, gpuType, isOpen } = this.#nodes!;
    const held = this.#pools
      .filter(({ parts }) => parts.holdsGpus && !parts.functions.includes(functionId))
      .flatMap((pool) => [...pool.warming, ...pool.ready].map((member) => ({ pool, member })));
    if (held.length === 0) return false;
    if (this.#nodes!.spans(functionId)) return this.#giveWayOnAll(functionId, now, held);
    let fewest: typeof held | undefined;
    for (let node = 0; node < count; node++) {
      if (isOpen[node] === 0 || !gpuTypes.includes(gpuType[node])) continue;
      let free = freeGpus[node];
      const goes = held.filter(({ member }) => {
        if (member.node !== node || free >= gpus) return false;
        free += member.ranks.length;
        return true;
      });
      if (free >= gpus && goes.length < (fewest?.length ?? Infinity)) fewest = goes;
    }
    for (const { pool, member } of fewest ?? []) {
      this.#giveUp(pool, member, now);
      pool.evicted++;
    }
    return fewest !== undefined;
  }

  /** The same for an instance on several machines: one member after the other, while that may help. */
  #giveWayOnAll(
    functionId: number,
    now: number,
    held: readonly { readonly pool: Pool; readonly member: PoolMember }[],
  ): boolean {
    const { gpus, gpuTypes, stageGpus = gpus } = this.#parts.placement!.needs[functionId];
    const { count, freeGpus, gpuType, isOpen } = this.#nodes!;
    const wouldBeFree = freeGpus.slice();
    for (const { member } of held) wouldBeFree[member.node] += member.ranks.length;
    let stages = gpus / stageGpus;
    for (let node = 0; node < count; node++) {
      if (isOpen[node] === 0 || !gpuTypes.includes(gpuType[node])) continue;
      stages -= Math.floor(wouldBeFree[node] / stageGpus);
    }
    if (stages > 0) return false;
    for (const { pool, member } of held) {
      if (!gpuTypes.includes(gpuType[member.node])) continue;
      this.#giveUp(pool, member, now);
      pool.evicted++;
      if (this.#nodes!.place(functionId, now, undefined) !== undefined) return true;
    }
    return false;
  }

  /** A machine is gone, and the members on it. */
  loseNode(node: number, now: number): void {
    for (const pool of this.#pools) {
      for (const member of [...pool.warming, ...pool.ready]) {
        if (member.node === node) this.#giveUp(pool, member, now);
      }
    }
  }

  /** What the pools did by the end of the run. */
  records(endAtSeconds: number): PoolRecord[] {
    return this.#pools.map(({ parts, demands, hits, evicted, all }) => ({
      of: parts.of,
      functions: parts.functions,
      holdsGpus: parts.holdsGpus,
      demands,
      hits,
      evicted,
      members: all.map((one) => ({
        memberId: one.id,
        functionId: one.functionId,
        instanceId: one.instanceId,
        createdAtSeconds: one.createdAtSeconds,
        readyAtSeconds: one.readyAtSeconds,
        endAtSeconds: Number.isNaN(one.endAtSeconds) ? endAtSeconds : one.endAtSeconds,
      })),
    }));
  }

  #poolOf(functionId: number): Pool | undefined {
    return this.#pools.find(({ parts }) => parts.functions.includes(functionId));
  }

  #count({ ready, warming }: Pool): number {
    return ready.length + warming.length;
  }

  #refill(pool: Pool, now: number, mayWarm: (functionId: number) => boolean): void {
    const [functionId] = pool.parts.functions;
    if (pool.parts.holdsGpus && !mayWarm(functionId)) return;
    while (this.#count(pool) < pool.target) {
      const member = this.#create(pool, now);
      if (member === undefined) return;
      pool.warming.push(member);
      this.#parts.starts.begin(member.id, functionId, now, this.#placeOf(pool, member), "ahead");
    }
  }

  /** A new member on a machine with room; undefined without any. */
  #create(pool: Pool, now: number): PoolMember | undefined {
    const [functionId] = pool.parts.functions;
    const nodes = this.#nodes;
    let node = -1;
    if (nodes !== undefined) {
      // What goes to several machines is made anew each time.
      if (nodes.spans(functionId)) return undefined;
      node = pool.parts.holdsGpus
        ? nodes.place(functionId, now, undefined)?.node ?? -1
        : this.#leastPooled(pool);
      if (node < 0) return undefined;
    }
    const member: PoolMember = {
      id: this.#nextId--,
      node,
      ranks: node >= 0 && pool.parts.holdsGpus ? nodes!.take(functionId, node) : [],
      createdAtSeconds: now,
      readyAtSeconds: NaN,
      endAtSeconds: NaN,
      functionId,
      instanceId: -1,
    };
    pool.all.push(member);
    return member;
  }

  /** The open machine of the right kind with the fewest members of the pool; -1 for none. */
  #leastPooled(pool: Pool): number {
    const { count, gpuType, gpus, isOpen } = this.#nodes!;
    const needs = this.#parts.placement!.needs[pool.parts.functions[0]];
    const members = new Int32Array(count);
    for (const { node } of [...pool.ready, ...pool.warming]) members[node]++;
    let best = -1;
    for (let node = 0; node < count; node++) {
      const fits = isOpen[node] === 1 && needs.gpuTypes.includes(gpuType[node]) &&
        gpus[node] >= needs.gpus;
      if (fits && (best < 0 || members[node] < members[best])) best = node;
    }
    return best;
  }

  /** GPUs beside which a member starts: its own, or as many as an instance has if it holds none. */
  #placeOf({ parts }: Pool, { node, ranks }: PoolMember): readonly RankPlace[] | undefined {
    if (node < 0 || ranks.length > 0) return node < 0 ? undefined : ranks;
    const { gpus } = this.#parts.placement!.needs[parts.functions[0]];
    return Array.from({ length: gpus }, (_, gpu) => ({ node, gpu }));
  }

  #becomeReady(pool: Pool, member: PoolMember, now: number): void {
    member.readyAtSeconds = now;
    pool.ready.push(member);
  }

  #giveUp(pool: Pool, member: PoolMember, now: number): void {
    const warming = pool.warming.indexOf(member);
    if (warming >= 0) {
      pool.warming.splice(warming, 1);
      this.#parts.starts.cancel(member.id, now);
    } else {
      pool.ready.splice(pool.ready.indexOf(member), 1);
    }
    member.endAtSeconds = now;
    if (member.ranks.length > 0) this.#nodes!.release(pool.parts.functions[0], member.ranks);
  }
}

/** @throws {RangeError} If functions share a pool that need different things of a machine. */
function checkShared({ pools = [], placement, functions }: ClusterParts): void {
  for (const pool of pools) {
    const needs = pool.functions.map((id) => {
      const { functionId: _, ...need } = placement?.needs[id] ?? { functionId: id };
      return JSON.stringify(need);
    });
    const other = pool.functions[needs.findIndex((need) => need !== needs[0])];
    if (other === undefined) continue;
    const [first] = pool.functions;
    throw new RangeError(
      `Cannot share a pool as one of functions that need the same of a machine: current value is ` +
        `"${functions[first].name}" and "${functions[other].name}"`,
    );
  }
}
