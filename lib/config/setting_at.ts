/**
 * The value of a setting by its path, such as "scaling.keep_alive.policy"; undefined where a part of the
 * path is not there.
 */
export function settingAt(config: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>> | null | undefined)?.[key],
    config,
  );
}
