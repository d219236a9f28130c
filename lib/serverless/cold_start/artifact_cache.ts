/**
 * What starts leave behind for later ones: images, compile caches, CUDA graphs, engine snapshots.
 * An artifact is found by name, scope (one node or the cluster) and key; another model, engine or
 * GPU makes another key and therefore misses.
 *
 * @example
 * ```ts
 * import { ArtifactCache } from "./artifact_cache.ts";
 * const cache = new ArtifactCache();
 * cache.record("compile", -1, "llama|h100");
 * console.log(cache.has("compile", -1, "llama|h100", 1), cache.has("compile", -1, "llama|a100", 1));
 * ```
 */
export class ArtifactCache {
  /** Starts that have left each artifact, by node and then by name and key. */
  readonly #startsOn = new Map<number, Map<string, number>>();
  #lookups = 0;
  #hits = 0;

  /** Whether `readyAfterStarts` starts have left it. @param node Node id, or -1 for the cluster. */
  has(artifact: string, node: number, key: string, readyAfterStarts: number): boolean {
    this.#lookups++;
    const starts = this.#startsOn.get(node)?.get(`${artifact}|${key}`) ?? 0;
    if (starts >= readyAfterStarts) this.#hits++;
    return starts >= readyAfterStarts;
  }

  /** A start has left the artifact. */
  record(artifact: string, node: number, key: string, starts = 1): void {
    let here = this.#startsOn.get(node);
    if (here === undefined) this.#startsOn.set(node, here = new Map());
    const id = `${artifact}|${key}`;
    here.set(id, (here.get(id) ?? 0) + starts);
  }

  /** Gives up all artifacts of a node (it failed or was released). */
  forgetNode(node: number): void {
    this.#startsOn.delete(node);
  }

  /** Look-ups and hits since the start. */
  counts(): { readonly lookups: number; readonly hits: number } {
    return { lookups: this.#lookups, hits: this.#hits };
  }
}
