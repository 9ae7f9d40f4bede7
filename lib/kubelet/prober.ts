// Carries one probe out, once: by a command, an HTTP request, a TCP connection or gRPC's health check. Texts are
// upstream's.

import type { Probe } from './pod.ts'
import { probeGrpc } from './probe-grpc.ts'
import { probeHttp } from './probe-http.ts'
import { maxOutputBytes, type ProbeOutcome, type ProbeTarget, portNumber } from './probe-outcome.ts'
import { probeTcp } from './probe-tcp.ts'
import { type ContainerRuntime, RuntimeError } from './runtime/runtime.ts'

export class Prober {
  readonly #runtime: Pick<ContainerRuntime, 'execSync'>

  constructor(runtime: Pick<ContainerRuntime, 'execSync'>) {
    this.#runtime = runtime
  }

  async probe(probe: Probe, target: ProbeTarget, signal: AbortSignal): Promise<ProbeOutcome> {
    const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
    if (probe.exec) return this.#exec(probe.exec.command ?? [], target, timeoutMs, signal)
    if (probe.httpGet) return probeHttp(probe.httpGet, target, timeoutMs, signal)
    if (probe.tcpSocket) {
      const { host, port } = probe.tcpSocket
      return probeTcp(host || target.podIP, portNumber(port, target.container), timeoutMs, signal)
    }
    if (probe.grpc) return probeGrpc(target.podIP, probe.grpc, timeoutMs, signal)
    return { result: 'error', output: `missing probe handler for ${target.container.name}` }
  }

  async #exec(
    command: string[],
    { containerId }: ProbeTarget,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ProbeOutcome> {
    try {
      const { exitCode, stdout, stderr } = await this.#runtime.execSync(containerId, command, timeoutMs, signal)
      const output = Buffer.concat([stdout, stderr]).subarray(0, maxOutputBytes).toString('utf8')
      return { result: exitCode === 0 ? 'success' : 'failure', output }
    } catch (error) {
      signal.throwIfAborted()
      const message = error instanceof Error ? error.message : String(error)
      // A command that takes too long has failed; a command that cannot be run says nothing.
      const isLate = error instanceof RuntimeError && error.reason === 'DeadlineExceeded'
      return { result: isLate ? 'failure' : 'error', output: message }
    }
  }
}
