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
    const unused = [
      ...(start.image_size > 0 && !pullsImage(all) ? ["image_size"] : []),
      ...(start.registry !== null && !crosses(all, "registry") ? ["registry"] : []),
      ...(start.store !== null && !crosses(all, "storage") ? ["store"] : []),
    ].map((key) => `cold_start.${key}`);
    if (unused.length > 0) {
      notices.add(
        `${listed(unused)} ${
          unused.length === 1 ? "changes" : "change"
        } nothing: no stage of ${preset} moves bytes that way`,
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
