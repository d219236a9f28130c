/**
 * The presets' names and texts, apart from what reads them: a configuration names a platform, and
 * hardly any has one.
 *
 * @module
 */
import azureContainerApps from "../../../data/platforms/azure-container-apps-like.yaml" with {
  type: "text",
};
import cloudRun from "../../../data/platforms/cloud-run-like.yaml" with { type: "text" };
import knative from "../../../data/platforms/knative.yaml" with { type: "text" };
import modal from "../../../data/platforms/modal-like.yaml" with { type: "text" };
import runpod from "../../../data/platforms/runpod-like.yaml" with { type: "text" };
import sagemaker from "../../../data/platforms/sagemaker-like.yaml" with { type: "text" };

/** Name of a preset in data/platforms. */
export type PlatformName =
  | "knative"
  | "cloud-run-like"
  | "modal-like"
  | "runpod-like"
  | "sagemaker-like"
  | "azure-container-apps-like";

/** Texts of the presets by name. */
export const PLATFORM_TEXTS = {
  knative,
  "cloud-run-like": cloudRun,
  "modal-like": modal,
  "runpod-like": runpod,
  "sagemaker-like": sagemaker,
  "azure-container-apps-like": azureContainerApps,
} as const satisfies Record<PlatformName, string>;

/** Presets in data/platforms. */
export const PLATFORMS = Object.keys(PLATFORM_TEXTS) as readonly PlatformName[];
