// What stands behind the question mark, and in braces in a path: every parameter that an operation can have, once.

export interface Parameter {
  in: 'query' | 'path'
  name: string
  type: 'string' | 'boolean' | 'integer'
  description: string
}

const text = (name: string, description: string): Parameter => ({ in: 'query', name, type: 'string', description })
const flag = (name: string, description: string): Parameter => ({ in: 'query', name, type: 'boolean', description })
const integer = (name: string, description: string): Parameter => ({ in: 'query', name, type: 'integer', description })
const inPath = (name: string, description: string): Parameter => ({ in: 'path', name, type: 'string', description })

export const namespace = inPath('namespace', 'The namespace that the object is in.')
/** What follows `/proxy/`. */
export const proxiedPath = inPath('path', 'The path to ask for behind the proxy.')
export const nameOf = (kind: string) => inPath('name', `name of the ${kind}`)

export const pretty = text('pretty', "If 'true', the answer is written for people to read.")

/** What a watch takes, under a path of its own too. */
export const listParameters = [
  flag('allowWatchBookmarks', 'Whether a watch may send BOOKMARK events.'),
  text('continue', 'The token in the last answer, to get the next part of a list.'),
  text('fieldSelector', 'Selects objects by their fields. Defaults to everything.'),
  text('labelSelector', 'Selects objects by their labels. Defaults to everything.'),
  integer('limit', 'The largest number of objects in one answer; more are got with continue.'),
  text('resourceVersion', 'Which state the answer must come from.'),
  text('resourceVersionMatch', 'How resourceVersion is meant for lists: Exact or NotOlderThan.'),
  flag('sendInitialEvents', 'Whether a watch begins with the objects that are there.'),
  text('shardSelector', 'Selects a part of the objects by a hash of their identity. Needs the feature of that name.'),
  integer('timeoutSeconds', 'How long the list or watch may take.'),
  flag('watch', 'Answer with a stream of changes.'),
]

export const writeParameters = [
  text('dryRun', "If 'All', everything is done but nothing is stored."),
  text('fieldManager', 'The name of who makes the changes.'),
  text('fieldValidation', 'What to do about unknown and duplicate fields: Ignore, Warn or Strict. Defaults to Warn.'),
]

export const patchParameters = [
  ...writeParameters,
  flag('force', 'For apply patches: take over fields that others manage.'),
]

export const deleteParameters = [
  ...writeParameters.slice(0, 1),
  integer('gracePeriodSeconds', 'The seconds before the object is deleted; zero is at once.'),
  flag(
    'ignoreStoreReadErrorWithClusterBreakingPotential',
    'Delete the object even when what is stored of it cannot be read. Needs the feature of that name.',
  ),
  flag('orphanDependents', 'Deprecated: see propagationPolicy.'),
  text('propagationPolicy', 'What happens to dependents: Orphan, Background or Foreground.'),
]

export const deleteCollectionParameters = [
  ...listParameters.filter(({ name }) => name !== 'watch' && name !== 'allowWatchBookmarks'),
  ...deleteParameters,
]

const streams = [
  text('container', 'Which container. Defaults to the only one of the pod.'),
  flag('stderr', 'Whether to read its standard error.'),
  flag('stdin', 'Whether to write its standard input.'),
  flag('stdout', 'Whether to read its standard output.'),
  flag('tty', 'Whether there is a terminal.'),
]
const proxied = [text('path', 'The path to ask for behind the proxy.')]

/** The parameters of connecting, by the kind that stands for them. */
export const connectParameters: Record<string, Parameter[]> = {
  NodeProxyOptions: proxied,
  PodAttachOptions: streams,
  PodExecOptions: [text('command', 'The command and its arguments.'), ...streams],
  PodPortForwardOptions: [integer('ports', 'The ports to forward.')],
  PodProxyOptions: proxied,
  ServiceProxyOptions: proxied,
}

export const logParameters = [
  ...streams.slice(0, 1),
  flag('follow', 'Whether to go on as more is written.'),
  flag('insecureSkipTLSVerifyBackend', 'Whether to believe a kubelet whose certificate is not known.'),
  integer('limitBytes', 'How much to read at most.'),
  flag('previous', 'Whether to read of the container that ran before.'),
  integer('sinceSeconds', 'How old the first line may be.'),
  text('stream', 'Which of its outputs: All, Stdout or Stderr. Defaults to All.'),
  integer('tailLines', 'How many lines to read, from the end.'),
  flag('timestamps', 'Whether each line begins with when it was written.'),
]

/** All but those of one kind alone: what the v2 document keeps aside for operations to refer to, by name. */
export const sharedParameters: ReadonlyMap<Parameter, string> = new Map(
  distinct([
    pretty,
    namespace,
    proxiedPath,
    ...listParameters,
    ...patchParameters,
    ...deleteParameters,
    ...logParameters,
    ...Object.values(connectParameters).flat(),
  ]).map((parameter, index, all) => {
    const before = all.slice(0, index).filter(({ name }) => name === parameter.name).length
    return [parameter, before === 0 ? parameter.name : `${parameter.name}-${before + 1}`]
  }),
)

function distinct(parameters: Parameter[]): Parameter[] {
  return [...new Set(parameters)]
}

export function byName(parameters: readonly Parameter[]): Parameter[] {
  return [...parameters].sort((a, b) => (a.name === b.name ? (a.in < b.in ? -1 : 1) : a.name < b.name ? -1 : 1))
}
