// Which objects a controller may call its own: those it controls and its selector matches, orphans that match (adopted),
// and no longer those that stopped matching (released). The rules of upstream's ControllerRefManager.

import { hasReason } from '../api/errors.ts'
import { controllerOf, type KubeObject, keyOf, splitKey } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { Client } from '../client/client.ts'
import { controllerReference } from './owner.ts'

export type Claim = 'own' | 'adopt' | 'release' | 'leave'

/** What `owner` is to do about an object, given whether its selector matches. */
export function claimOf(owner: KubeObject, obj: KubeObject, matches: boolean): Claim {
  const controller = controllerOf(obj)
  if (controller && controller.uid !== owner.metadata.uid) return 'leave'
  const ownerGoes = owner.metadata.deletionTimestamp !== undefined
  if (controller) return matches ? 'own' : ownerGoes ? 'leave' : 'release'
  return matches && !ownerGoes && obj.metadata.deletionTimestamp === undefined ? 'adopt' : 'leave'
}

export interface ClaimRequest<O extends KubeObject, T extends KubeObject> {
  client: Client
  ownerDefinition: ResourceDefinition<O>
  owner: O
  definition: ResourceDefinition<T>
  candidates: T[]
  matches(obj: T): boolean
}

/** Adopts and releases, and answers what the owner has afterwards. */
export async function claimObjects<O extends KubeObject, T extends KubeObject>(
  request: ClaimRequest<O, T>,
  signal: AbortSignal,
): Promise<T[]> {
  const claimed: T[] = []
  let checked: Promise<void> | undefined
  for (const obj of request.candidates) {
    switch (claimOf(request.owner, obj, request.matches(obj))) {
      case 'own':
        claimed.push(obj)
        break
      case 'adopt': {
        checked ??= assertStillThere(request, signal)
        await checked
        const adopted = await patchOwners(request, obj, adoption(request), signal)
        if (adopted) claimed.push(adopted)
        break
      }
      case 'release':
        await patchOwners(request, obj, { $patch: 'delete', uid: request.owner.metadata.uid }, signal)
    }
  }
  return claimed
}

function adoption<O extends KubeObject, T extends KubeObject>({ ownerDefinition, owner }: ClaimRequest<O, T>): object {
  return controllerReference(ownerDefinition, owner)
}

/** The cache may be behind: an owner that was deleted or replaced must not adopt. */
async function assertStillThere<O extends KubeObject, T extends KubeObject>(
  { client, ownerDefinition, owner }: ClaimRequest<O, T>,
  signal: AbortSignal,
): Promise<void> {
  const key = keyOf(owner)
  const fresh = await client.get(ownerDefinition, splitKey(key), signal)
  if (fresh.metadata.uid !== owner.metadata.uid) {
    throw new Error(
      `original ${ownerDefinition.kind} ${key} is gone: got uid ${fresh.metadata.uid}, wanted ${owner.metadata.uid}`,
    )
  }
  if (fresh.metadata.deletionTimestamp) {
    throw new Error(`${ownerDefinition.kind} ${key} has just been deleted at ${fresh.metadata.deletionTimestamp}`)
  }
}

/** The uid in the patch makes it fail on another object of the same name. Undefined: the object is gone. */
async function patchOwners<O extends KubeObject, T extends KubeObject>(
  { client, definition }: ClaimRequest<O, T>,
  obj: T,
  reference: object,
  signal: AbortSignal,
): Promise<T | undefined> {
  const patch = { metadata: { uid: obj.metadata.uid, ownerReferences: [reference] } }
  try {
    return await client.patch<T>(definition, splitKey(keyOf(obj)), patch, { type: 'strategic' }, signal)
  } catch (error) {
    if (hasReason(error, 'NotFound', 'Invalid')) return undefined
    throw error
  }
}
