import { deepEqual, equal, throws } from "#assert";
import fc from "fast-check";
import { FlowNetwork } from "./flow_network.ts";
import {
  type NodePlace,
  type Place,
  placeKey,
  placeName,
  REGISTRY,
  STORE,
  type TargetPlace,
} from "./places.ts";
import { type NodeLinks, Topology } from "./topology.ts";

const machine = fc.record({
  gpus: fc.integer({ min: 1, max: 8 }),
  gpusPerPcieSwitch: fc.integer({ min: 1, max: 4 }),
  hasNvlink: fc.boolean(),
});

type Machine = typeof machine extends fc.Arbitrary<infer M> ? M : never;

/** A cluster in which every link binds. */
function cluster(machines: readonly Machine[]): Topology {
  const network = new FlowNetwork();
  const topology = new Topology(network, { registryBytesPerSecond: 3, storageBytesPerSecond: 5 });
  for (const { gpus, gpusPerPcieSwitch, hasNvlink } of machines) {
    const links: NodeLinks = {
      gpus,
      gpusPerPcieSwitch,
      nicBytesPerSecond: 7,
      ssdReadBytesPerSecond: 11,
      hostBytesPerSecond: 13,
      pcieBytesPerSecond: 17,
      pcieSwitchBytesPerSecond: 19,
      ...(hasNvlink && { nvlinkBytesPerSecond: 23 }),
    };
    topology.addNode(links);
  }
  return topology;
}

/** The name that a link's end has for a place; bytes in a disk or in memory come from the board. */
function vertex(place: Place, side: "from" | "to"): string {
  if (place.kind === "registry" || place.kind === "store") return place.kind;
  if (place.kind === "gpu") return placeName(place);
  if (side === "to") return `node ${place.node}`;
  return `${place.kind === "disk" ? "disk" : "memory"} of node ${place.node}`;
}

const places = (machines: readonly { readonly gpus: number }[]): Place[] => [
  REGISTRY,
  STORE,
  ...machines.flatMap(({ gpus }, node): NodePlace[] => [
    { kind: "disk", node },
    { kind: "host", node },
    ...Array.from({ length: gpus }, (_, gpu): NodePlace => ({ kind: "gpu", node, gpu })),
  ]),
];

Deno.test("the links between two places lead from the one to the other without a gap", () => {
  const cases = fc.tuple(fc.array(machine, { minLength: 1, maxLength: 3 }), fc.nat(), fc.nat());
  fc.assert(fc.property(cases, ([machines, a, b]) => {
    const topology = cluster(machines);
    const all = places(machines);
    const from = all[a % all.length];
    const to = all[1 + b % (all.length - 1)] as TargetPlace;
    if (placeKey(from) === placeKey(to)) return;
    const links = topology.resolve(topology.linksBetween(from, to), from, to);
    equal(new Set(links).size, links.length, "no link twice");
    let at = vertex(from, "from");
    const left = links.map((link) => topology.ends(link));
    while (left.length > 0) {
      const next = left.findIndex((one) => one.from === at);
      equal(next >= 0, true, `nothing leads on from ${at}: ${JSON.stringify(left)}`);
      at = left.splice(next, 1)[0].to;
    }
    // From a disk into memory of the same machine, or the other way, the board is the end.
    equal(at, vertex(to, "to"));
  }));
});

Deno.test("places have keys of their own", () => {
  const all = places([{ gpus: 3 }, { gpus: 1024 }, { gpus: 2 }]);
  equal(new Set(all.map(placeKey)).size, all.length);
});

Deno.test("what a machine sends does not slow what it receives", () => {
  const network = new FlowNetwork();
  const topology = new Topology(network);
  for (let i = 0; i < 3; i++) topology.addNode({ gpus: 1, nicBytesPerSecond: 10 });
  const memory = (node: number) => ({ kind: "host", node }) as const;
  const way = { links: ["nic"], limitBytesPerSecond: Infinity } as const;
  const flow = (from: number, to: number) =>
    network.startOnPath(topology.path(way, memory(from), memory(to)), 100, 0, 0);
  const sent = flow(0, 1);
  const received = flow(2, 0);
  deepEqual([network.rate(sent), network.rate(received)], [10, 10]);
  const alsoSent = flow(0, 2);
  deepEqual([sent, alsoSent, received].map((one) => network.rate(one)), [5, 5, 10]);
});

Deno.test("GPUs behind one PCIe switch do not meet at its uplink, those behind two do", () => {
  const topology = new Topology(new FlowNetwork());
  topology.addNode({
    gpus: 4,
    gpusPerPcieSwitch: 2,
    pcieBytesPerSecond: 10,
    pcieSwitchBytesPerSecond: 15,
  });
  const gpu = (i: number) => ({ kind: "gpu", node: 0, gpu: i }) as const;
  const ends = (a: number, b: number) =>
    topology.resolve(["pcie"], gpu(a), gpu(b)).map((link) => topology.ends(link).to);
  deepEqual(ends(0, 1), ["PCIe switch 0 of node 0", "GPU 1 of node 0"]);
  equal(ends(0, 2).length, 4);
  deepEqual(topology.linksBetween(gpu(1), gpu(1)), []);
});

Deno.test("links of a node or a GPU that is not there are refused", () => {
  const topology = new Topology(new FlowNetwork());
  topology.addNode({ gpus: 2, pcieBytesPerSecond: 1 });
  throws(() => topology.resolve(["nic"], STORE, { kind: "host", node: 1 }), /node 0\.\.0.*is 1/);
  const gpu = { kind: "gpu", node: 0, gpu: 2 } as const;
  throws(() => topology.resolve(["pcie"], STORE, gpu), /GPU 0\.\.1 of node 0.*is 2/);
  throws(() => topology.addNode({ gpus: 0 }), /gpus >= 1.*is 0/);
});
