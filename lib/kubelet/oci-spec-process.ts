// What runs in a container and in which environment: the image's words under the pod's.
// https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/

import type { ContainerConfig } from './runtime/runtime.ts'

/** The part of an image's configuration that says how to run it. */
export interface ImageConfig {
  entrypoint: string[]
  cmd: string[]
  env: string[]
  workingDir: string
  /** `user`, `uid`, `user:group`, …; empty: root. */
  user: string
  stopSignal: string
}

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** A command given replaces the image's entrypoint *and* its command; arguments given replace only its command. */
export function commandLine(
  { command, args }: Pick<ContainerConfig, 'command' | 'args'>,
  image: ImageConfig,
): string[] {
  if (command.length > 0) return [...command, ...args]
  return [...image.entrypoint, ...(args.length > 0 ? args : image.cmd)]
}

/** `NAME=value`, each name once; later words win: default path, host name, image, pod. */
export function environment({ env, tty }: ContainerConfig, image: ImageConfig, hostname: string): string[] {
  const values = new Map<string, string>()
  const own = env.map(({ name, value }) => `${name}=${value}`)
  for (const entry of [defaultPath, ...(tty ? ['TERM=xterm'] : []), `HOSTNAME=${hostname}`, ...image.env, ...own]) {
    const [name = ''] = entry.split('=', 1)
    values.set(name, entry.slice(name.length + 1))
  }
  return [...values].map(([name, value]) => `${name}=${value}`)
}
