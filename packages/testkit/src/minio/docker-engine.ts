import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Whether a Docker engine responds. Requests `/_ping` where Docker clients do (`DOCKER_HOST`, then the usual sockets), for at most
 * `timeoutMs` (default 1,000) each. A client on the PATH without an engine does not count.
 */
export async function dockerEngineResponds(env: NodeJS.ProcessEnv, timeoutMs = 1000): Promise<boolean> {
  for (const target of engineAddresses(env)) {
    if (await pings(target, timeoutMs)) return true
  }
  return false
}

type EngineAddress = { socketPath: string } | { host: string; port: number }

function engineAddresses(env: NodeJS.ProcessEnv): EngineAddress[] {
  const host = env['DOCKER_HOST']
  if (host?.startsWith('unix://')) return [{ socketPath: host.slice('unix://'.length) }]
  if (host) {
    const url = URL.parse(host)
    return url?.protocol === 'tcp:' ? [{ host: url.hostname, port: Number(url.port || 2375) }] : []
  }
  return [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.colima/default/docker.sock'),
  ]
    .filter((path) => existsSync(path))
    .map((socketPath) => ({ socketPath }))
}

function pings(address: EngineAddress, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const ping = request({ ...address, path: '/_ping', signal }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('error', () => resolve(false))
    ping.end()
  })
}
