import { listed } from "../config/listed.ts";
import type { StartPlan } from "../serverless/cold_start/mod.ts";
import type { LinkName, NodeLinks } from "../network/mod.ts";
import type { BuiltNode } from "./nodes.ts";
import { presentNotices } from "./present.ts";
import { clusterLinks, presetLinks } from "./start_links.ts";
import type { BuiltStarts, StartKind } from "./starts.ts";

/** What each link of a machine is called in the configuration of machines. */
const MACHINE_LINKS = {
  nicBytesPerSecond: "network card",
  ssdReadBytesPerSecond: "disk",
  hostBytesPerSecond: "host memory",
  pcieBytesPerSecond: "PCIe",
  nvlinkBytesPerSecond: "NVLink",
} as const;

const SHARED_LINKS = {
  registryBytesPerSecond: "registry",
  storageBytesPerSecond: "store",
} as const;

/**
 * What a user should know of how instances start: settings that no stage of the preset uses, and
 * links that the preset and the machine, or functions among themselves, say differently.
 */
export function startNotices(
  kinds: readonly StartKind[],
  nodes: readonly BuiltNode[],
  starts: BuiltStarts,
): string[] {
  const notices = new Set<string>(starts.notices);
  for (const kind of kinds) {
    const unused = unusedSettings(kind);
    if (unused.length === 0) continue;
    notices.add(
      `cold_start.${listed(unused)} ${unused.length === 1 ? "has" : "have"} no effect: ` +
        `no stage of the preset ${kind.plans!.all.id} moves such bytes`,
    );
  }
  for (const notice of presentNotices(kinds, nodes)) notices.add(notice);
  for (const node of nodes) {
    const notice = linksNotice(node, kinds);
    if (notice !== null) notices.add(notice);
  }
  const starting = kinds.filter(({ plans }) => plans !== undefined);
  for (const [link, name] of entriesOf(SHARED_LINKS)) {
    const said = new Set(starting.map((kind) => clusterLinks([kind])[link]));
    if (said.size > 1) {
      notices.add(
        `functions say different rates of the ${name} that they share: the slowest holds for all`,
      );
    }
  }
  return [...notices];
}

/** Settings of a function's starts that change nothing. */
function unusedSettings({ config: { cold_start: start }, plans }: StartKind): string[] {
  if (plans === undefined) return [];
  const plan = plans.all;
  const imageless = start.image_size !== null && !pullsImage(plan);
  const registryless = imageless || !crosses(plan, "registry");
  return [
    ...(start.store !== null && !crosses(plan, "storage") ? ["store"] : []),
    ...(imageless ? ["image_size"] : []),
    ...(start.registry !== null && start.image_size !== null && registryless ? ["registry"] : []),
  ];
}

/** Says whose links a machine has, where a preset and the machine differ; null: they do not. */
function linksNotice({ node, gpu, isNamed }: BuiltNode, kinds: readonly StartKind[]) {
  const preset = presetLinks(kinds, gpu.name);
  const own: Partial<NodeLinks> = node;
  const differing = entriesOf(MACHINE_LINKS).filter(([link]) =>
    preset[link] !== undefined && preset[link] !== own[link] &&
    !(isNamed && own[link] === undefined)
  ).map(([, name]) => name);
  if (differing.length === 0) return null;
  const ids = new Set(
    kinds.flatMap(({ deployment, plans }) =>
      plans && deployment.gpu.name === gpu.name && Object.keys(plans.all.links).length > 0
        ? [plans.all.id]
        : []
    ),
  );
  const presets = `the preset${ids.size === 1 ? "" : "s"} ${listed([...ids])}`;
  return isNamed
    ? `starts use the ${
      listed(differing)
    } of ${node.name}, as cluster.nodes says, not of ${presets}`
    : `starts use the ${listed(differing)} of ${presets}: cluster.nodes names no type of machine`;
}

function pullsImage({ stages }: StartPlan): boolean {
  return stages.some(({ work }) => work.transfer?.what === "image");
}

function crosses({ stages }: StartPlan, link: LinkName): boolean {
  return stages.some(({ work }) =>
    Object.values(work.transfer?.routes ?? {}).some((route) => route?.links.includes(link))
  );
}

function entriesOf<Key extends string>(names: Readonly<Record<Key, string>>): [Key, string][] {
  return Object.entries(names) as [Key, string][];
}
