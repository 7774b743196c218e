import { rmSync } from 'node:fs'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { s3Request, endpointOf, provideMinio, type MinioServer } from '@lagoon/testkit'
import { BenchError, messageOf } from '../errors.js'
import { trusting, type ServedCertificate } from './certificate.js'
import { barePair, type RequestCounts, type BenchStores } from './store-pair.js'

/**
 * Starts two MinIO servers with their data in memory (`/dev/shm`) if `needBytes` fit there twice, else in the folder for temporary files,
 * so that the disk is not measured if possible.
 */
export async function startMinioPair(
  needBytes: number,
  tls: ServedCertificate | null = null,
): Promise<BenchStores> {
  const memory = await freeBytes('/dev/shm')
  const parent = memory !== null && memory > needBytes * 2 ? '/dev/shm' : tmpdir()
  const directory = await mkdtemp(join(parent, 'lagoon-bench-minio-'))
  const env = { MINIO_PROMETHEUS_AUTH_TYPE: 'public' }
  const stops: (() => Promise<void>)[] = []
  const removeNow = (): void =>
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  const close = async (): Promise<void> => {
    await Promise.all(stops.map((stop) => stop()))
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    process.off('exit', removeNow)
  }
  try {
    const servers: MinioServer[] = []
    for (const name of ['source', 'destination']) {
      // A process of ours can be watched; without a binary, Docker may still have one.
      const own = { directory: join(directory, name), env }
      const server = tls
        ? await provideMinio({ ...own, tls })
        : await provideMinio(own).catch(() => provideMinio({ env }))
      stops.push(() => server.stop())
      servers.push(server)
    }
    // After the handlers that kill the servers when this process ends.
    process.once('exit', removeNow)
    const [source, destination] = servers as [MinioServer, MinioServer]
    const sides = {
      source: { ...endpointOf(source), ...trusting(tls) },
      destination: { ...endpointOf(destination), ...trusting(tls) },
    }
    const where = parent === '/dev/shm' ? 'memory' : 'files'
    const description = `two MinIO servers on this machine, ${tls ? 'TLS, ' : ''}data in ${where}`
    return {
      ...barePair('minio', description, sides),
      pids: servers.map((server) => server.pid).filter((pid) => pid !== null),
      async requestCounts() {
        const [from, to] = await Promise.all([countsOf(source), countsOf(destination)])
        return from && to ? { source: from, destination: to } : null
      },
      close,
    }
  } catch (error) {
    await close()
    throw new BenchError('LAGOON_BENCH_STORE', `MinIO could not be started: ${messageOf(error)}`, {
      hint: 'Install MinIO, Docker or Go; or name running stores in LAGOON_SOURCE_… and LAGOON_DESTINATION_… and add --stores environment.',
      cause: error,
    })
  }
}

/** Parses MinIO's counter of answered S3 requests in the Prometheus text format. */
export function parseRequestCounts(metrics: string): RequestCounts {
  const counts: Record<string, number> = {}
  for (const [, labels, value] of metrics.matchAll(/^minio_api_requests_total\{([^}]*)\} (\S+)$/gm)) {
    const name = /name="([^"]+)"/.exec(labels!)?.[1]
    if (name !== undefined && labels!.includes('type="s3"'))
      counts[name] = (counts[name] ?? 0) + Number(value)
  }
  return counts
}

async function countsOf(server: MinioServer): Promise<RequestCounts | null> {
  const asked = { target: '/minio/metrics/v3/api/requests', unsigned: true }
  const { status, body } = await s3Request(endpointOf(server), asked)
  return status === 200 ? parseRequestCounts(body.toString()) : null
}

async function freeBytes(path: string): Promise<number | null> {
  const stats = await statfs(path).catch(() => null)
  return stats === null ? null : stats.bavail * stats.bsize
}
