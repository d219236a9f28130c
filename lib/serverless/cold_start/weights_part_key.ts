/**
 * Name of the part of a model's weights that one of the nodes of an instance holds.
 *
 * @param part From 0, in rank order.
 * @param parts Nodes of the instance; 1 holds the weights as a whole.
 */
export function weightsPartKey(weightsKey: string, part: number, parts: number): string {
  return parts === 1 ? weightsKey : `${weightsKey}#${part}/${parts}`;
}
