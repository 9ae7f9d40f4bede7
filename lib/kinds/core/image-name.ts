// What an image reference says of its tag, as far as the default pull policy asks.

/** `latest` for a reference with neither tag nor digest; '' for one with a digest only. */
export function tagOf(image: string): string {
  const [name = '', digest] = image.split('@')
  const colon = name.lastIndexOf(':')
  if (colon > name.lastIndexOf('/')) return name.slice(colon + 1)
  return digest === undefined && name !== '' ? 'latest' : ''
}

export function defaultPullPolicy(image: string | undefined): string {
  return tagOf(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent'
}
