// What must hold for the claims of devices that a pod names: each is one that is there, or made from a template.

import { duplicate, type FieldError, invalid, required } from '../../api/field-errors.ts'
import { dnsLabel, dnsSubdomain, eachItem } from '../../api/validation-rules.ts'
import { goStruct } from './go-struct.ts'
import type { PodSpec } from './pod-types.ts'

export function validateResourceClaims(claims: PodSpec['resourceClaims'] = [], field: string): FieldError[] {
  return eachItem(claims, field, (claim, at, i) => {
    const { name, resourceClaimName, resourceClaimTemplateName } = claim
    const isTaken = claims.slice(0, i).some(other => other.name === name)
    const errors = !name
      ? [required(`${at}.name`)]
      : isTaken
        ? [duplicate(`${at}.name`, name)]
        : dnsLabel(`${at}.name`, name)
    const [both, none] = [
      'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
      'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
    ]
    const count = [resourceClaimName, resourceClaimTemplateName].filter(given => given !== undefined).length
    if (count !== 1) errors.push(invalid(at, goStruct(claim, claimMembers), count === 2 ? both : none))
    if (resourceClaimName !== undefined) errors.push(...dnsSubdomain(`${at}.resourceClaimName`, resourceClaimName))
    if (resourceClaimTemplateName !== undefined) {
      errors.push(...dnsSubdomain(`${at}.resourceClaimTemplateName`, resourceClaimTemplateName))
    }
    return errors
  })
}

const claimMembers = ['Name', 'ResourceClaimName', 'ResourceClaimTemplateName']
