/** What a figure calls a stage: "kv_profile" is "KV profile". */
export function stageLabel(stage: string): string {
  return stage.replaceAll("_", " ").replace(/^kv /, "KV ");
}
