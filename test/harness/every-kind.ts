// One small valid object of every kind that is served, with what its status may say: what the walk over the whole API
// writes. The name and the namespace are the walk's.

import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'

export interface Sample {
  /** All but apiVersion, kind, name and namespace. */
  object: Record<string, unknown>
  /** A status that a writer of `status` may set; for every kind with that subresource. */
  status?: Record<string, unknown>
  /** Names that are not free: a CustomResourceDefinition's follows from its spec. `suffix` is a DNS label. */
  name?(suffix: string): string
  /** The object for a name, where its fields follow from it. */
  withName?(name: string): Record<string, unknown>
}

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } }
const selector = { matchLabels: { app: 'web' } }
const job = { template: { spec: { containers: [{ name: 'web', image: 'nginx' }], restartPolicy: 'Never' } } }
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }]
const roleRef = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: 'reader' })
const condition = (type: string) => ({
  type,
  status: 'True',
  reason: 'Walked',
  message: 'seen by a test',
  lastTransitionTime: '2026-01-01T00:00:00Z',
})
const probeRequests = { requests: { storage: '1Gi' } }
const webhook = {
  name: 'hook.example.com',
  clientConfig: { url: 'https://hook.example.com/' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
}
const matchConstraints = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
}
const deviceRequests = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } }] } }
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

async function certificateRequest(): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=jane',
    keys,
    signingAlgorithm: algorithm,
  })
  return Buffer.from(`${request.toString('pem')}\n`).toString('base64')
}

/** By group and plural: `apps/deployments`, `/pods`. */
export const samples: Record<string, Sample> = {
  '/namespaces': { object: {}, status: { conditions: [condition('NamespaceDeletionContentFailure')] } },
  '/nodes': { object: { spec: { unschedulable: true } }, status: { capacity: { cpu: '2' } } },
  '/pods': {
    object: { spec: { serviceAccountName: 'default', containers: [{ name: 'web', image: 'nginx' }] } },
    status: { message: 'seen by a test' },
  },
  '/services': {
    object: { spec: { ports: [{ port: 80 }], selector: { app: 'web' } } },
    status: { conditions: [condition('Walked')] },
  },
  '/endpoints': { object: { subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }] } },
  '/configmaps': { object: { data: { key: 'value' } } },
  '/secrets': { object: { data: { key: 'dmFsdWU=' } } },
  '/serviceaccounts': { object: {} },
  '/events': { object: { involvedObject: { kind: 'Pod', name: 'web', namespace: 'walk' }, reason: 'Walked' } },
  '/persistentvolumes': {
    object: {
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/walk' } },
    },
    status: { message: 'seen by a test' },
  },
  '/persistentvolumeclaims': {
    object: { spec: { accessModes: ['ReadWriteOnce'], resources: probeRequests } },
    status: { capacity: { storage: '1Gi' } },
  },
  '/replicationcontrollers': { object: { spec: { selector: { app: 'web' }, template } }, status: { replicas: 1 } },
  '/podtemplates': { object: { template } },
  '/limitranges': { object: { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } } },
  '/resourcequotas': { object: { spec: { hard: { pods: '5' } } }, status: { hard: { pods: '5' } } },
  'apps/deployments': { object: { spec: { selector, template } }, status: { replicas: 1 } },
  'apps/replicasets': { object: { spec: { selector, template } }, status: { replicas: 1 } },
  'apps/statefulsets': { object: { spec: { serviceName: 'web', selector, template } }, status: { replicas: 1 } },
  'apps/daemonsets': {
    object: { spec: { selector, template } },
    status: { currentNumberScheduled: 1, numberMisscheduled: 0, desiredNumberScheduled: 1, numberReady: 0 },
  },
  'apps/controllerrevisions': { object: { revision: 1, data: { spec: {} } } },
  'batch/jobs': { object: { spec: job }, status: { active: 1, ready: 0, startTime: '2026-01-01T00:00:00Z' } },
  'batch/cronjobs': {
    object: { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: job } } },
    status: { lastScheduleTime: '2026-01-01T00:00:00Z' },
  },
  'autoscaling/horizontalpodautoscalers': {
    object: { spec: { scaleTargetRef, maxReplicas: 3 } },
    status: { currentReplicas: 1, desiredReplicas: 2 },
  },
  'coordination.k8s.io/leases': { object: { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } } },
  'discovery.k8s.io/endpointslices': { object: { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.1'] }] } },
  'events.k8s.io/events': {
    object: {
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'example.com/walk',
      reportingInstance: 'walk-1',
      action: 'Walk',
      reason: 'Walked',
      type: 'Normal',
      regarding: { kind: 'Pod', name: 'web', namespace: 'walk' },
    },
  },
  'networking.k8s.io/ingresses': {
    object: { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
  },
  'networking.k8s.io/ingressclasses': { object: { spec: { controller: 'example.com/ingress' } } },
  'networking.k8s.io/networkpolicies': { object: { spec: { podSelector: {}, policyTypes: ['Ingress'] } } },
  'networking.k8s.io/ipaddresses': {
    object: { spec: { parentRef: { resource: 'services', namespace: 'walk', name: 'nobody' } } },
    name: suffix => `192.0.2.${10 + (suffix.charCodeAt(0) % 200)}`,
  },
  'networking.k8s.io/servicecidrs': {
    object: {},
    withName: name => ({ spec: { cidrs: [`10.${100 + (name.charCodeAt(0) % 100)}.0.0/24`] } }),
    status: { conditions: [condition('Walked')] },
  },
  'policy/poddisruptionbudgets': {
    object: { spec: { minAvailable: 1, selector } },
    status: { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 },
  },
  'scheduling.k8s.io/priorityclasses': { object: { value: 1000 } },
  'node.k8s.io/runtimeclasses': { object: { handler: 'runc' } },
  'storage.k8s.io/storageclasses': { object: { provisioner: 'disk.example.com' } },
  'storage.k8s.io/csidrivers': { object: { spec: {} } },
  'storage.k8s.io/csinodes': { object: { spec: { drivers: [] } } },
  'storage.k8s.io/csistoragecapacities': { object: { storageClassName: 'fast', capacity: '1Gi' } },
  'storage.k8s.io/volumeattachments': {
    object: {
      spec: { attacher: 'disk.example.com', nodeName: 'node-1', source: { persistentVolumeName: 'volume-1' } },
    },
    status: { attached: true },
  },
  'storage.k8s.io/volumeattributesclasses': {
    object: { driverName: 'disk.example.com', parameters: { tier: 'gold' } },
  },
  'rbac.authorization.k8s.io/roles': { object: { rules } },
  'rbac.authorization.k8s.io/clusterroles': { object: { rules } },
  'rbac.authorization.k8s.io/rolebindings': { object: { roleRef: roleRef('Role'), subjects } },
  'rbac.authorization.k8s.io/clusterrolebindings': { object: { roleRef: roleRef('ClusterRole'), subjects } },
  'certificates.k8s.io/certificatesigningrequests': {
    object: {
      spec: { request: await certificateRequest(), signerName: 'example.com/signer', usages: ['client auth'] },
    },
    status: { conditions: [{ type: 'Failed', status: 'True', reason: 'Walked', message: 'seen by a test' }] },
  },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': { object: { webhooks: [webhook] } },
  'admissionregistration.k8s.io/validatingwebhookconfigurations': { object: { webhooks: [webhook] } },
  'admissionregistration.k8s.io/validatingadmissionpolicies': {
    object: { spec: { matchConstraints, validations: [{ expression: 'true' }] } },
    status: { conditions: [condition('Walked')] },
  },
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': {
    object: { spec: { policyName: 'policy', validationActions: ['Deny'] } },
  },
  'admissionregistration.k8s.io/mutatingadmissionpolicies': {
    object: {
      spec: {
        matchConstraints,
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }],
      },
    },
  },
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': { object: { spec: { policyName: 'policy' } } },
  'apiregistration.k8s.io/apiservices': {
    object: {},
    name: suffix => `v1.${suffix}.example.com`,
    withName: name => ({
      spec: {
        group: name.slice('v1.'.length),
        version: 'v1',
        groupPriorityMinimum: 1000,
        versionPriority: 15,
        insecureSkipTLSVerify: true,
        service: { namespace: 'walk', name: 'nobody' },
      },
    }),
    status: { conditions: [condition('Walked')] },
  },
  'apiextensions.k8s.io/customresourcedefinitions': {
    object: {},
    name: suffix => `${suffix}s.example.com`,
    withName: name => ({
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: name.split('.')[0], kind: `Kind${name.split('.')[0]}` },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }),
    status: { observedGeneration: 1 },
  },
  'flowcontrol.apiserver.k8s.io/flowschemas': {
    object: {
      spec: {
        priorityLevelConfiguration: { name: 'exempt' },
        rules: [
          {
            subjects: [{ kind: 'User', user: { name: 'jane' } }],
            nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }],
          },
        ],
      },
    },
    // What the server itself says of it.
    status: {
      conditions: [
        {
          type: 'Dangling',
          status: 'False',
          reason: 'Found',
          message: 'This FlowSchema references the PriorityLevelConfiguration object named "exempt" and it exists',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
  },
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': {
    object: {
      spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } },
    },
    status: { conditions: [condition('Walked')] },
  },
  'resource.k8s.io/deviceclasses': { object: { spec: {} } },
  'resource.k8s.io/resourceclaims': {
    object: { spec: deviceRequests },
    status: {
      allocation: { devices: { results: [{ request: 'gpu', driver: 'example.com', pool: 'pool', device: 'gpu-1' }] } },
    },
  },
  'resource.k8s.io/resourceclaimtemplates': { object: { spec: { spec: deviceRequests } } },
  'resource.k8s.io/resourceslices': {
    object: {
      spec: {
        driver: 'example.com',
        pool: { name: 'pool', generation: 1, resourceSliceCount: 1 },
        nodeName: 'node-1',
        devices: [{ name: 'gpu-1' }],
      },
    },
  },
}
