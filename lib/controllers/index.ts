// Every controller, one line each. A test fails when a controller's file is not listed here.

import type { ControllerEntry } from '../controller/context.ts'
import { deploymentController } from './deployment.ts'
import { endpointsController } from './endpoints.ts'
import { endpointSliceController } from './endpointslice.ts'
import { garbageCollector } from './garbage-collector.ts'
import { namespaceController } from './namespace.ts'
import { nodeIpamController } from './node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle.ts'
import { podGarbageCollector } from './pod-gc.ts'
import { replicaSetController } from './replicaset.ts'
import { rootCaCertPublisher } from './root-ca-cert-publisher.ts'
import { serviceCidrsController } from './service-cidrs.ts'
import { serviceAccountController } from './serviceaccount.ts'
import { taintEvictionController } from './taint-eviction.ts'

export const controllers: ControllerEntry[] = [
  serviceAccountController,
  rootCaCertPublisher,
  namespaceController,
  garbageCollector,
  deploymentController,
  replicaSetController,
  endpointsController,
  endpointSliceController,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  podGarbageCollector,
  serviceCidrsController,
]
