// What /version says: the Kubernetes version whose behaviour this is.

import { arch, platform } from 'node:process'

export const kubernetesVersion = { major: '1', minor: '36', gitVersion: 'v1.36.0' }

export function versionInfo() {
  return {
    ...kubernetesVersion,
    emulationMajor: kubernetesVersion.major,
    emulationMinor: kubernetesVersion.minor,
    minCompatibilityMajor: kubernetesVersion.major,
    minCompatibilityMinor: '35',
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '',
    goVersion: '',
    compiler: `node ${process.version}`,
    platform: `${platform}/${arch === 'x64' ? 'amd64' : arch}`,
  }
}
