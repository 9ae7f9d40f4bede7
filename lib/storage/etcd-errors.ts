// What a failed call means: history that is gone, a definite refusal, or an outcome nobody knows.

import {
  EtcdLeaseInvalidError,
  EtcdPermissionDeniedError,
  GRPCAlreadyExistsError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotFoundError,
  GRPCNotImplementedError,
  GRPCOutOfRangeError,
  GRPCUnauthenticatedError,
} from 'etcd3'
import { Compacted, Unavailable } from './kv.ts'

/** etcd understood and said no; asking again changes nothing. */
const refusals = [
  EtcdLeaseInvalidError,
  EtcdPermissionDeniedError,
  GRPCAlreadyExistsError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotFoundError,
  GRPCNotImplementedError,
  GRPCOutOfRangeError,
  GRPCUnauthenticatedError,
]

/** Awaits a call; a failure is thrown as what it means. */
export async function checked<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw translate(error)
  }
}

function translate(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  // The refusal does not say where history starts.
  if (message.includes('required revision has been compacted')) return new Compacted(0n)
  // Users or roles changed between etcd's look at the request and its turn: it was not carried out.
  if (message.includes('revision of auth store is old')) return new Unavailable(message, error)
  if (refusals.some(refusal => error instanceof refusal)) return error
  return new Unavailable(`etcd is not available: ${message}`, error)
}

export function isTransient(error: unknown): boolean {
  return error instanceof Unavailable
}

export function isLeaseGone(error: unknown): boolean {
  return error instanceof EtcdLeaseInvalidError
}

export function isFuture(error: unknown): boolean {
  return error instanceof GRPCOutOfRangeError && !isCompacted(error)
}

function isCompacted(error: Error): boolean {
  return error.message.includes('compacted')
}
