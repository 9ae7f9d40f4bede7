// JSON as Go encodes it: what HTML gives a meaning to is escaped.

const special = /[<>&\u2028\u2029]/g
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(special, escaped)
}
