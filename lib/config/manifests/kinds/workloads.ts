import { showValue } from "../../../std/show_value.ts";
import { isMapping } from "../../normalize.ts";
import { custom, HEAD, leaves, notes, quiet, quietly, readKeys } from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { POD_TEMPLATE } from "../pod.ts";
import { whole } from "../readers.ts";

const ROLLOUT = "versions do not change during a run";

/** Kubernetes' own workloads whose pods are all alike. */
export const DEPLOYMENT: ManifestKind = {
  name: "Deployment",
  group: /^(apps|extensions)$/,
  kinds: ["Deployment", "StatefulSet", "ReplicaSet"],
  role: "workload",
  keys: {
    ...HEAD,
    spec: {
      replicas: notes("replicas", whole(0), ["cluster.num_replicas"]),
      template: POD_TEMPLATE,
      strategy: leaves(ROLLOUT),
      updateStrategy: leaves(ROLLOUT),
      ...quietly(
        "selector serviceName volumeClaimTemplates podManagementPolicy ordinals paused " +
          "persistentVolumeClaimRetentionPolicy revisionHistoryLimit progressDeadlineSeconds",
      ),
      minReadySeconds: leaves("an instance is ready when its start is over"),
    },
  },
};

/** Groups of pods that make up an instance each. */
export const LEADER_WORKER_SET: ManifestKind = {
  name: "LeaderWorkerSet",
  group: /^leaderworkerset\.x-k8s\.io$/,
  kinds: ["LeaderWorkerSet"],
  role: "workload",
  keys: {
    ...HEAD,
    spec: {
      replicas: notes("replicas", whole(0), ["cluster.num_replicas"]),
      leaderWorkerTemplate: custom(
        ["model", "parallelization", "scheduler", "memory", "cluster.nodes"],
        (value, key, reading) => {
          if (!isMapping(value)) return reading.refuse(key, "a mapping", showValue(value));
          const { size, leaderTemplate, workerTemplate, ...others } = value;
          if (size !== undefined) {
            const pods = reading.read(`${key}.size`, size, whole(1));
            if (pods !== undefined) reading.note("podsPerInstance", `${key}.size`, pods);
          }
          const isLed = isMapping(leaderTemplate);
          const [first, name] = isLed
            ? [leaderTemplate, "leaderTemplate"]
            : [workerTemplate, "workerTemplate"];
          readKeys(POD_TEMPLATE, first, reading, `${key}.${name}`);
          if (isLed && workerTemplate !== undefined) {
            reading.leave(`${key}.workerTemplate`, "the pods of a group are alike");
          }
          for (const name of Object.keys(others)) reading.leave(`${key}.${name}`, ROLLOUT);
        },
      ),
      rolloutStrategy: leaves(ROLLOUT),
      startupPolicy: leaves("an instance is ready when its start is over"),
      networkConfig: quiet,
    },
  },
};
