// A place in an object, as messages name it.

/** `spec.containers[0].name`. */
export function pathText(path: (string | number)[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i ? `.${part}` : part)).join('')
}
