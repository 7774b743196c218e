import { once } from 'node:events'
import type { Shape } from '@lagoon/s3-sandbox'
import type { BucketAccess } from './buckets.js'
import { trusting, type ServedCertificate } from './certificate.js'
import { startChild, type Child } from './child.js'
import type { SandboxRole } from './sandbox-process.js'
import { barePair, type BenchStores } from './store-pair.js'

/** Default credentials of the sandbox. */
const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }

/**
 * Starts two sandboxes in processes of their own, both with the given shape. With `keepBytes` false the source generates objects from their
 * keys, and the destination keeps only sizes and ETags: room for millions of objects.
 */
export async function startSandboxPair(
  shape: Shape,
  { keepBytes = true, tls = null }: { keepBytes?: boolean; tls?: ServedCertificate | null } = {},
): Promise<BenchStores> {
  const started: Child<Pick<BucketAccess, 'url' | 'region'>>[] = []
  const close = async (): Promise<void> => void (await Promise.all(started.map((child) => child.stop())))
  const start = async (role: Omit<SandboxRole, 'shape' | 'tls'>): Promise<BucketAccess> => {
    const child = await startChild<Pick<BucketAccess, 'url' | 'region'>>(
      new URL('./sandbox-process.js', import.meta.url),
      { shape, tls: tls && { key: tls.key, cert: tls.cert }, ...role },
    )
    started.push(child)
    return { ...child.ready, ...credentials, ...trusting(tls) }
  }
  try {
    const source = await start({ makesObjectsUp: !keepBytes, keepBytes: true })
    const destination = await start({ makesObjectsUp: false, keepBytes })
    const description = `two sandboxes on this machine, ${tls ? 'TLS, ' : ''}${describeShape(shape)}`
    return {
      ...barePair('sandbox', description, { source, destination }),
      pids: started.map((child) => child.process.pid!),
      async setShaped(shaped) {
        const stopped = started.map(({ process: child }) => {
          const done = once(child, 'message')
          child.send({ shaped })
          return done
        })
        await Promise.all(stopped)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A shape in words, for people and saved results. */
function describeShape({ latencyMs, knee, rateWall, bandwidth }: Shape): string {
  const parts = [
    latencyMs === undefined ? '' : `${JSON.stringify(latencyMs)} ms latency`,
    knee === undefined ? '' : `knee at ${knee.concurrency} of ${JSON.stringify(knee.serviceMs ?? 0)} ms`,
    rateWall === undefined ? '' : `refusing beyond ${rateWall.requestsPerSecond} requests/s`,
    bandwidth === undefined ? '' : `${(bandwidth.sentBytesPerSecond ?? 0) / 1e6} MB/s`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'unshaped' : parts.join(', ')
}
