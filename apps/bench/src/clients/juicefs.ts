import type { BucketAccess } from '../stores/buckets.js'
import type { Client } from './client.js'

/** `juicefs sync` (Go). It accepts credentials only in its addresses. */
export const juicefs: Client = {
  name: 'juicefs sync',
  program: 'juicefs',
  caveat: null,
  versionArgs: ['version'],
  invocation(task, executable) {
    const plain = [task.source, task.destination].every((access) => access.url.startsWith('http:'))
    return {
      command: executable,
      args: [
        'sync',
        ...(typeof task.concurrency === 'number' ? ['--threads', String(task.concurrency)] : []),
        ...(plain ? ['--no-https'] : []),
        '--quiet',
        address(task.source, task.prefix),
        address(task.destination, task.prefix),
      ],
      env: {},
    }
  },
}

function address(access: BucketAccess & { bucket: string }, prefix: string | null): string {
  const credentials = `${encodeURIComponent(access.accessKeyId)}:${encodeURIComponent(access.secretAccessKey)}`
  return `minio://${credentials}@${new URL(access.url).host}/${access.bucket}/${prefix ?? ''}`
}
