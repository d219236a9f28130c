/** What laws need to know of a policy of a table. */
interface Lawful {
  readonly name: string;
  readonly laws?: { readonly skip?: readonly { readonly law: string; readonly reason: string }[] };
}

/**
 * The laws that a policy says it breaks.
 *
 * @throws {TypeError} If it names a law that its kind does not have.
 */
export function skipsOf<Law extends string>(
  { name, laws }: Lawful,
  known: readonly Law[],
): readonly { readonly law: Law; readonly reason: string }[] {
  return (laws?.skip ?? []).map(({ law, reason }) => {
    const found = known.find((one) => one === law);
    if (found !== undefined) return { law: found, reason };
    throw new TypeError(
      `Cannot skip "${law}" of "${name}" as one of the laws ${known.join(", ")}`,
    );
  });
}
