// What is asked: the path and method taken apart, as upstream's RequestInfo.

export interface RequestInfo {
  isResourceRequest: boolean
  path: string
  /** get, list, watch, create, update, patch, delete, deletecollection, proxy; for other paths the method in lower case. */
  verb: string
  apiGroup: string
  apiVersion: string
  /** '' for cluster-scoped and all-namespaces requests. */
  namespace: string
  /** The plural. */
  resource: string
  subresource: string
  name: string
  /** What follows the subresource: the path of a proxied request. */
  parts: string[]
}
