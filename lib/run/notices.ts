import type { RunFacts } from "../config/applies.ts";
import type { Configuration } from "../config/configuration.ts";
import { ignoredSettings } from "../config/ignored_settings.ts";
import { listed } from "../config/listed.ts";
import {
  hasTwoOwners,
  keepAlivePolicyName,
  keepAliveStops,
} from "../config/keep_alive_policy_name.ts";
import { changedFromPlatform } from "../config/load.ts";
import {
  scalingLooks,
  scalingPeriodSeconds,
  scalingPolicyName,
} from "../config/scaling_policy_name.ts";
import type { RequestPieces } from "../workload/request_pieces.ts";
import type { BuiltRequests } from "./requests.ts";
import { energyNotices } from "./energy.ts";
import type { StartKind } from "./starts.ts";

/** What was asked for and changes nothing, or is otherwise than asked for: one sentence each. */
export function settingNotices(
  config: Configuration,
  kinds: readonly StartKind[],
  requests: BuiltRequests,
): string[] {
  const functions = kinds.map(({ config: own, deployment: { shape } }) => ({
    // An entry's own configuration has no list of functions.
    config: { ...own, functions: config.functions },
    facts: {
      ...(requests.trace && { trace: requests.trace }),
      sharesPrompts: requests.table.prefix !== undefined,
      hasExperts: shape.layers.some(({ feedForward }) => feedForward?.kind === "experts"),
    } satisfies RunFacts,
  }));
  return [
    ...platformNotices(config),
    ...new Set(functions.flatMap(({ config: own }) => ownerNotices(own))),
    ...ignoredSettings(config, functions),
    ...energyNotices(config),
  ];
}

/** Says that two policies take idle instances away, which they are and when each does. */
function ownerNotices({ scaling }: Configuration): string[] {
  if (!hasTwoOwners(scaling)) return [];
  const looks = scalingLooks(scaling);
  const when = `every ${scalingPeriodSeconds(scaling)} s` +
    (looks === undefined ? "" : `, and every ${looks.seconds} s by its own look`);
  return [
    `scaling.policy ${scalingPolicyName(scaling)} and scaling.keep_alive.policy ` +
    `${
      keepAlivePolicyName(scaling)
    } both take idle instances away, whichever is first: the scaling ` +
    `policy at an evaluation that asks for fewer (${when}), the ` +
    `keep-alive takes one ${keepAliveStops(scaling)}`,
  ];
}

function platformNotices(config: Configuration): string[] {
  const changed = changedFromPlatform(config);
  if (changed.length === 0) return [];
  return [
    `platform ${config.platform}: ${listed(changed)} ${
      changed.length === 1 ? "is" : "are"
    } as the configuration says, not as the platform has ${changed.length === 1 ? "it" : "them"}`,
  ];
}

/**
 * Says of how many requests the output is cut by the limit of their function's model; a prompt that
 * fills the limit is turned away and counted in the summary.
 *
 * @param maxModelTokens By function id.
 */
export function cutOutputs(workload: RequestPieces, maxModelTokens: readonly number[]): string[] {
  let requests = 0, tokens = 0, most = 0;
  for (const { count, promptTokens, outputTokens, functionId } of workload.pieces()) {
    for (let i = 0; i < count; i++) {
      const room = maxModelTokens[functionId?.[i] ?? 0] - promptTokens[i];
      const cut = outputTokens[i] - room;
      if (room <= 0 || cut <= 0) continue;
      requests++;
      tokens += cut;
      if (cut > most) most = cut;
    }
  }
  if (requests === 0) return [];
  const limits = [...new Set(maxModelTokens)].sort((a, b) => a - b).join(", ");
  return [
    `the outputs of ${requests} of ${workload.count} requests are cut where prompt and output fill the ` +
    `model's limit of ${limits} tokens: by up to ${most} tokens, ${tokens} in all`,
  ];
}
