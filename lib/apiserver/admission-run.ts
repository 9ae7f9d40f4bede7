// One write's way through the admission plugins: mutating ones before the object is prepared, validating ones when it is
// final, and in the end word to all of them what came of it.

import type { KubeObject, ObjectKey } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission/plugin.ts'
import type { UserInfo } from './authn/authenticator.ts'

/** Who writes what, and how: the same for every verb. */
export interface WriteContext {
  def: ResourceDefinition
  /** '' for the object itself. */
  subresource: string
  user: UserInfo
  dryRun: boolean
  /** Texts for the client are added. */
  warnings: string[]
  /** Who owns what it changes, in managedFields; absent when whoever makes the object has seen to that. */
  manager?: string
}

export class AdmissionRun {
  readonly #plugins: readonly AdmissionPlugin[]
  #request: AdmissionRequest | undefined
  #passed: AdmissionPlugin[] = []

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins
  }

  /** A write that must be tried again begins anew here. */
  async mutate(request: AdmissionRequest): Promise<void> {
    await this.settle(false)
    this.#request = request
    for (const plugin of this.#plugins) {
      if (!plugin.handles(request)) continue
      await plugin.mutate?.(request)
      this.#passed.push(plugin)
    }
  }

  /** `object` is as it will be stored. */
  async validate(object: KubeObject | undefined): Promise<void> {
    const request = this.#request
    if (!request) return
    if (object) {
      request.object = object
      request.name = object.metadata.name ?? request.name
    }
    for (const plugin of this.#passed) await plugin.validate?.(request)
  }

  async settle(isStored: boolean): Promise<void> {
    const [request, passed] = [this.#request, this.#passed]
    this.#request = undefined
    this.#passed = []
    if (!request) return
    for (const plugin of passed) await plugin.settled?.(request, isStored)
  }
}

/** Runs `write` with a new AdmissionRun and settles it, whatever happens. */
export async function withAdmission<T>(
  plugins: readonly AdmissionPlugin[],
  dryRun: boolean,
  write: (admission: AdmissionRun) => Promise<T>,
): Promise<T> {
  const admission = new AdmissionRun(plugins)
  try {
    const result = await write(admission)
    await admission.settle(!dryRun)
    return result
  } catch (error) {
    await admission.settle(false)
    throw error
  }
}

export function admissionRequest(
  write: WriteContext,
  operation: AdmissionRequest['operation'],
  key: ObjectKey,
  objects: { object?: KubeObject; oldObject?: KubeObject },
): AdmissionRequest {
  return {
    operation,
    resource: write.def,
    subresource: write.subresource,
    // A namespace is in itself, as upstream has it.
    namespace: write.def.plural === 'namespaces' && write.def.group === '' ? key.name : (key.namespace ?? ''),
    name: key.name,
    user: write.user,
    dryRun: write.dryRun,
    warnings: write.warnings,
    ...objects,
  }
}
