// Which of two versions comes first.

/** v2, v1, v1beta2, v1alpha1, anything else: Kubernetes' version priority. */
export function byPriority(a: string, b: string): number {
  const rank = (version: string) => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
    if (!match) return [0, 0, 0]
    const stability = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1
    return [stability, Number(match[1]), Number(match[3] ?? 0)]
  }
  const [left, right] = [rank(a), rank(b)]
  for (const index of [0, 1, 2]) {
    const difference = (right[index] ?? 0) - (left[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a < b ? -1 : 1
}
