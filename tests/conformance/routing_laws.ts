import { deepStrictEqual, ok, strictEqual } from "#assert";
import * as fc from "fast-check";
import type {
  RoutableRequests,
  RoutingEntry,
  RoutingPolicy,
  RoutingSignals,
} from "../../lib/scheduling/routing/policy.ts";
import { withDefaults } from "../../lib/settings/from_table.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import type { RandomStream } from "../../lib/sim/random_streams.ts";
import { skipsOf } from "./skips.ts";

const LAWS = ["candidate", "reproducible", "read-only", "blind", "ties", "idle first"] as const;

/** The laws of routing policies, by name. */
export type RoutingLaw = (typeof LAWS)[number];

/** Registers the laws for a policy of the table, with the options and without the laws that it says. */
export function runEntryLaws<Options extends object>(entry: RoutingEntry<string, Options>): void {
  const { name, settings, laws } = entry;
  runRoutingLaws({
    name,
    create: (stream) => entry.create(withDefaults(settings, laws?.options ?? {}), { stream }),
    skip: skipsOf<RoutingLaw>(entry, LAWS),
  });
}

/** What `runRoutingLaws` needs to know of a policy. */
export interface RoutingLawsOptions {
  /** Name for the tests. */
  readonly name: string;
  /** A new policy. */
  readonly create: (stream: RandomStream) => RoutingPolicy;
  /** Laws that do not hold for this policy, each with its reason. */
  readonly skip?: readonly { readonly law: RoutingLaw; readonly reason: string }[];
}

/** A fleet with everything a router may look at, by instance id. */
export interface FleetView extends RoutingSignals {
  readonly kv: Float64Array;
  readonly cached: (instance: number, request: number) => number;
}

/** Signals over plain columns. */
export function fleetView(
  candidates: readonly number[],
  columns: {
    readonly outstanding: ArrayLike<number>;
    readonly tokens?: ArrayLike<number>;
    readonly kv?: ArrayLike<number>;
    readonly cached?: (instance: number, request: number) => number;
  },
): FleetView {
  const count = Math.max(...candidates) + 1;
  const kv = Float64Array.from({ length: count }, (_, id) => columns.kv?.[id] ?? 0);
  const cached = columns.cached ?? (() => 0);
  return {
    // Rooms beyond the count hold rubbish on purpose: the caller's array may be larger.
    candidates: Int32Array.from([...candidates, 1e6, -7]),
    candidateCount: candidates.length,
    outstanding: Int32Array.from({ length: count }, (_, id) => columns.outstanding[id] ?? 0),
    outstandingTokens: Float64Array.from({ length: count }, (_, id) => columns.tokens?.[id] ?? 0),
    kv,
    cached,
    kvUtilization: (instance) => kv[instance],
    kvCapacityTokens: () => 16_000,
    cachedPrefixTokens: cached,
  };
}

const REQUESTS = 64;

const requestsArbitrary: fc.Arbitrary<RoutableRequests> = fc.record({
  promptTokens: fc.array(fc.integer({ min: 1, max: 4096 }), {
    minLength: REQUESTS,
    maxLength: REQUESTS,
  }).map((values) => Int32Array.from(values)),
  sessionId: fc.array(fc.integer({ min: -1, max: 6 }), {
    minLength: REQUESTS,
    maxLength: REQUESTS,
  }).map((values) => Int32Array.from(values)),
});

const fleetArbitrary: fc.Arbitrary<FleetView> = fc.record({
  ids: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 12 }),
  outstanding: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 31, maxLength: 31 }),
  tokens: fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 31, maxLength: 31 }),
  kv: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 31, maxLength: 31 }),
  factor: fc.integer({ min: 0, max: 64 }),
}).map(({ ids, factor, ...columns }) =>
  fleetView(ids.sort((a, b) => a - b), {
    ...columns,
    cached: (instance, request) => 16 * ((instance * 7 + request * 13 + factor) % 5),
  })
);

/**
 * Registers one test for each law: a pick is a candidate; equal histories give equal picks; signals
 * are left as they were; instances that are no candidates have no influence; among equals the lowest
 * id wins; an idle instance is preferred when nothing else tells the candidates apart.
 */
export function runRoutingLaws(options: RoutingLawsOptions): void {
  const { name, create, skip = [] } = options;
  const law = (key: RoutingLaw, sentence: string, run: () => void) => {
    const reason = skip.find((s) => s.law === key)?.reason;
    const note = reason === undefined ? "" : ` (does not hold: ${reason})`;
    Deno.test({
      name: `${name} routing: ${sentence}${note}`,
      ignore: reason !== undefined,
      fn: run,
    });
  };
  const fresh = () => create(randomStreams(7).take("routing"));
  const fleets = fc.array(fleetArbitrary, { minLength: 1, maxLength: 12 });
  const picks = (policy: RoutingPolicy, views: readonly FleetView[], requests: RoutableRequests) =>
    views.map((view, i) => policy.pick(i % REQUESTS, requests, view));

  law("candidate", "every pick is a candidate", () => {
    fc.assert(fc.property(fleets, requestsArbitrary, (views, requests) => {
      picks(fresh(), views, requests).forEach((id, i) => {
        ok(views[i].candidates.subarray(0, views[i].candidateCount).includes(id), `${id}`);
      });
    }));
  });

  law("reproducible", "the same history and stream give the same picks", () => {
    fc.assert(fc.property(fleets, requestsArbitrary, (views, requests) => {
      deepStrictEqual(picks(fresh(), views, requests), picks(fresh(), views, requests));
    }));
  });

  law("read-only", "signals and requests stay as they were", () => {
    fc.assert(fc.property(fleetArbitrary, requestsArbitrary, (view, requests) => {
      const before = structuredClone([
        view.candidates,
        view.outstanding,
        view.outstandingTokens,
        requests.promptTokens,
      ]);
      fresh().pick(0, requests, view);
      deepStrictEqual(
        [view.candidates, view.outstanding, view.outstandingTokens, requests.promptTokens],
        before,
      );
    }));
  });

  law("blind", "instances that are no candidates have no influence", () => {
    fc.assert(fc.property(fleetArbitrary, requestsArbitrary, (view, requests) => {
      const isCandidate = (id: number) =>
        view.candidates.subarray(0, view.candidateCount).includes(id);
      const other = fleetView([...view.candidates.subarray(0, view.candidateCount)], {
        outstanding: view.outstanding.map((n, id) => isCandidate(id) ? n : 0),
        tokens: view.outstandingTokens.map((n, id) => isCandidate(id) ? n : 0),
        kv: view.kv.map((n, id) => isCandidate(id) ? n : 0),
        cached: (id, request) => isCandidate(id) ? view.cached(id, request) : 1e6,
      });
      strictEqual(fresh().pick(3, requests, view), fresh().pick(3, requests, other));
    }));
  });

  law("ties", "among equals the lowest id wins", () => {
    const requests = { promptTokens: Int32Array.of(100) };
    const view = fleetView([2, 5, 9], {
      outstanding: Array(10).fill(3),
      tokens: Array(10).fill(500),
      kv: Array(10).fill(0.5),
      cached: () => 64,
    });
    strictEqual(fresh().pick(0, requests, view), 2);
  });

  law("idle first", "an idle instance is preferred when nothing else tells them apart", () => {
    const requests = { promptTokens: Int32Array.of(100) };
    const view = fleetView([2, 5, 9], {
      outstanding: [0, 0, 1, 0, 0, 0, 0, 0, 0, 1],
      tokens: [0, 0, 100, 0, 0, 0, 0, 0, 0, 100],
      kv: [0, 0, 0.1, 0, 0, 0, 0, 0, 0, 0.1],
    });
    strictEqual(fresh().pick(0, requests, view), 5);
  });
}
