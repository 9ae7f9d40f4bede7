// A container or volume cannot be made from what its pod says. The reason is what the container's waiting state shows.

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly reason: string

  constructor(message: string, reason = 'CreateContainerConfigError') {
    super(message)
    this.reason = reason
  }
}
