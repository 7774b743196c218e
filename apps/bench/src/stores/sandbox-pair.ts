import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Shape } from '@lagoon/s3-sandbox'
import { BenchError } from '../errors.js'
import type { StoreAccess } from '../s3/sign-request.js'
import { trusting, type ServedCertificate } from './certificate.js'
import type { SandboxRole } from './sandbox-role.js'
import type { StorePair } from './store-pair.js'

/** Who the sandbox lets in unless told otherwise. */
const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }

/**
 * Starts two sandboxes in processes of their own. Both behave under load as the shape says. With `keepBytes` false the source makes objects up as
 * their keys say (`made-up-keys.ts`), and the destination keeps sizes and ETags only: room for millions of objects.
 */
export async function startSandboxPair(
  shape: Shape,
  { keepBytes = true, tls = null }: { keepBytes?: boolean; tls?: ServedCertificate | null } = {},
): Promise<StorePair> {
  const children: ChildProcess[] = []
  const close = async (): Promise<void> => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }),
    )
  }
  const start = async (role: SandboxRole): Promise<StoreAccess> => {
    const child = fork(new URL('./sandbox-process.js', import.meta.url), [JSON.stringify(role)])
    children.push(child)
    const failed = once(child, 'exit').then(([code]) => {
      throw new BenchError(
        'LAGOON_BENCH_STORE',
        `a sandbox ended with exit code ${String(code)} before it was ready`,
      )
    })
    const [ready] = (await Promise.race([once(child, 'message'), failed])) as [
      { url: string; region: string },
    ]
    failed.catch(() => {})
    return { ...ready, ...credentials, ...trusting(tls) }
  }
  try {
    const source = await start({ shape, tls, makesObjectsUp: !keepBytes, keepBytes: true })
    const destination = await start({ shape, tls, makesObjectsUp: false, keepBytes })
    return {
      kind: 'sandbox',
      description: `two sandboxes on this machine, ${tls ? 'TLS, ' : ''}${describeShape(shape)}`,
      source,
      destination,
      pids: children.map((child) => child.pid!),
      requestCounts: async () => null,
      async setShaped(shaped) {
        await Promise.all(
          children.map((child) => {
            const done = once(child, 'message')
            child.send({ shaped })
            return done
          }),
        )
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A shape in words, for people and saved results. */
export function describeShape(shape: Shape): string {
  const parts = [
    shape.latencyMs === undefined ? '' : `${JSON.stringify(shape.latencyMs)} ms latency`,
    shape.knee === undefined
      ? ''
      : `knee at ${shape.knee.concurrency} of ${JSON.stringify(shape.knee.serviceMs ?? 0)} ms`,
    shape.rateWall === undefined ? '' : `refusing beyond ${shape.rateWall.requestsPerSecond} requests/s`,
    shape.bandwidth === undefined ? '' : `${(shape.bandwidth.sentBytesPerSecond ?? 0) / 1e6} MB/s`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'unshaped' : parts.join(', ')
}
