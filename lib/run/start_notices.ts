import { listed } from "../config/listed.ts";
import type { StartPlan } from "../serverless/cold_start/mod.ts";
import type { LinkName } from "../network/mod.ts";
import type { BuiltNode } from "./nodes.ts";
import type { StartKind } from "./starts.ts";

/** What each link of a machine is called in the configuration of machines. */
const MACHINE_LINKS = {
  nicBytesPerSecond: "network card",
  ssdReadBytesPerSecond: "disk",
  hostBytesPerSecond: "host memory",
  pcieBytesPerSecond: "PCIe",
  nvlinkBytesPerSecond: "NVLink",
} as const;

/**
 * What a user should know of how instances start: settings that no stage of the preset uses, and
 * links of listed machines that are as the preset has them.
 */
export function startNotices(
  kinds: readonly StartKind[],
  nodes: readonly BuiltNode[],
): string[] {
  const notices = new Set<string>();
  for (const { config: { cold_start: start }, plans } of kinds) {
    if (plans === undefined) continue;
    const { all } = plans;
    const preset = `the preset ${all.id}`;
    const imageless = start.image_size !== null && !pullsImage(all);
    const unused = [
      ...(start.store !== null && !crosses(all, "storage") ? ["store"] : []),
      ...(imageless ? ["image_size"] : []),
      ...(start.registry !== null && start.image_size !== null &&
          (imageless || !crosses(all, "registry"))
        ? ["registry"]
        : []),
    ];
    if (unused.length > 0) {
      notices.add(
        `cold_start.${listed(unused)} ${unused.length === 1 ? "has" : "have"} no effect: ` +
          `no stage of ${preset} moves such bytes`,
      );
    }
    const own = Object.entries(MACHINE_LINKS).flatMap(([link, name]) =>
      all.links[link as keyof typeof MACHINE_LINKS] === undefined ? [] : [name]
    );
    if (nodes.length > 0 && own.length > 0) {
      notices.add(`starts use the ${listed(own)} of ${preset}, not those of cluster.nodes`);
    }
  }
  return [...notices];
}

function pullsImage({ stages }: StartPlan): boolean {
  return stages.some(({ work }) => work.transfer?.what === "image");
}

function crosses({ stages }: StartPlan, link: LinkName): boolean {
  return stages.some(({ work }) =>
    Object.values(work.transfer?.routes ?? {}).some((route) => route?.links.includes(link))
  );
}
