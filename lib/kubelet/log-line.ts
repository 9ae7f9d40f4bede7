// One line of a container's log as the runtime writes it: `<time> <stream> <F or P> <content>`. A partial line (P) has
// no line end of its own.
// https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md

export interface LogLine {
  /** RFC 3339 with nanoseconds. */
  time: string
  stream: string
  /** With its line end, unless the line goes on. */
  content: string
}

/** undefined for what is not in this format. `line` is without its line end. */
export function parseLogLine(line: string): LogLine | undefined {
  const first = line.indexOf(' ')
  const second = line.indexOf(' ', first + 1)
  const third = line.indexOf(' ', second + 1)
  if (first < 0 || second < 0) return undefined
  const tag = line.slice(second + 1, third < 0 ? undefined : third)
  const content = third < 0 ? '' : line.slice(third + 1)
  const isPartial = tag.split(':').includes('P')
  return {
    time: line.slice(0, first),
    stream: line.slice(first + 1, second),
    content: isPartial ? content : `${content}\n`,
  }
}
