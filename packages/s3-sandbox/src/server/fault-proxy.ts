import { Agent } from 'node:http'
import { SandboxError } from '../errors.js'
import { forward } from './forward.js'
import { listen, type Door } from './listen.js'
import { resolveOptions, type SandboxOptions } from '../options.js'

export interface FaultProxyOptions extends Pick<
  SandboxOptions,
  'port' | 'host' | 'domain' | 'tls' | 'faults' | 'shape' | 'seed' | 'logSize' | 'onRequest'
> {
  /** `http://host:port` of the S3 server behind it. */
  upstream: string
}

/** A running proxy: the same log, faults, holds and shape as a sandbox, in front of another server. */
export interface FaultProxy extends Door, AsyncDisposable {}

/**
 * Starts a proxy in front of an S3 server. Requests pass byte for byte, so that signatures stay valid; faults apply as in a sandbox. The
 * upstream connection is plain HTTP.
 *
 * @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID`, `LAGOON_SANDBOX_LISTEN_FAILED`
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { upstream: address, ...asked } = options
  const upstream = URL.parse(address)
  if (upstream?.protocol !== 'http:') {
    throw new SandboxError(
      'LAGOON_SANDBOX_OPTION_INVALID',
      `upstream ${address} is not an http URL`,
      'Use `http://host:port` of the server behind the proxy.',
    )
  }
  const agent = new Agent({ keepAlive: true })
  const door = await listen(resolveOptions(asked), {
    knowsAllOperations: false,
    xmlStyle: () => ({}),
    serve: (exchange, shaper) => forward(exchange, upstream, agent, shaper),
  })
  const close = async (): Promise<void> => {
    await door.close()
    agent.destroy()
  }
  return { ...door, close, [Symbol.asyncDispose]: close }
}
