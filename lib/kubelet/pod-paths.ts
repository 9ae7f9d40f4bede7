// Where a pod's things lie below the kubelet's root directory and its log directory, laid out as upstream's.

import { join } from 'node:path'
import type { Pod } from './pod.ts'

export class PodPaths {
  readonly rootDir: string
  readonly logDir: string

  constructor({ rootDir, logDir }: { rootDir: string; logDir: string }) {
    this.rootDir = rootDir
    this.logDir = logDir
  }

  get pods(): string {
    return join(this.rootDir, 'pods')
  }

  get seccomp(): string {
    return join(this.rootDir, 'seccomp')
  }

  pod(uid: string): string {
    return join(this.pods, uid)
  }

  etcHosts(uid: string): string {
    return join(this.pod(uid), 'etc-hosts')
  }

  /** `plugin`: `kubernetes.io/empty-dir`, whose slash becomes a tilde. */
  volume(uid: string, plugin: string, name: string): string {
    return join(this.pod(uid), 'volumes', plugin.replace('/', '~'), name)
  }

  terminationLog(uid: string, container: string, attempt: number): string {
    return join(this.pod(uid), 'containers', container, String(attempt))
  }

  /** `<namespace>_<name>_<uid>` */
  podLogs({ metadata }: { metadata: Pod['metadata'] }): string {
    return join(this.logDir, `${metadata.namespace}_${metadata.name}_${metadata.uid}`)
  }

  containerLog(pod: Pod, container: string, attempt: number): string {
    return join(this.podLogs(pod), container, `${attempt}.log`)
  }
}
