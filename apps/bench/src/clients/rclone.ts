import type { BucketAccess } from '../stores/buckets.js'
import type { Client } from './client.js'

/**
 * rclone (Go), without a HEAD before a GET or after a PUT, without a listing of the destination, and with the listing's modification times
 * instead of one request per object. Objects up to 5 GB are uploaded in one PUT: over plain HTTP the kernel then moves the bytes from one
 * socket to the other (`splice(2)`).
 */
export const rclone: Client = rcloneWith('rclone', [
  '--s3-no-head',
  '--s3-no-head-object',
  '--s3-upload-cutoff',
  '5G',
  '--multi-thread-cutoff',
  '5G',
])

/**
 * rclone as operators run it: large objects in parts, according to its defaults. It keeps its HEADs, because without them it determines a
 * wrong size for multipart objects.
 */
export const rcloneInParts: Client = rcloneWith('rclone in parts', [])

function rcloneWith(name: string, flags: readonly string[]): Client {
  return {
    name,
    program: 'rclone',
    caveat: null,
    versionArgs: ['version'],
    invocation(task, executable) {
      return {
        command: executable,
        args: [
          'copy',
          `source:${task.source.bucket}/${task.prefix ?? ''}`,
          `destination:${task.destination.bucket}/${task.prefix ?? ''}`,
          ...(typeof task.concurrency === 'number' ? [...tuned(task.concurrency), ...flags] : []),
          '--stats',
          '0',
          '--log-level',
          'ERROR',
        ],
        env: {
          RCLONE_CONFIG: '/dev/null',
          ...remote('SOURCE', task.source),
          ...remote('DESTINATION', task.destination),
        },
      }
    },
  }
}

function tuned(concurrency: number): string[] {
  return [
    '--transfers',
    String(concurrency),
    '--checkers',
    String(concurrency),
    '--no-check-dest',
    '--no-traverse',
    '--fast-list',
    '--use-server-modtime',
    '--s3-no-check-bucket',
    '--s3-use-unsigned-payload=true',
  ]
}

function remote(name: string, access: BucketAccess): Record<string, string> {
  const prefix = `RCLONE_CONFIG_${name}_`
  return {
    [`${prefix}TYPE`]: 's3',
    [`${prefix}PROVIDER`]: 'Minio',
    [`${prefix}ENDPOINT`]: access.url,
    [`${prefix}REGION`]: access.region,
    [`${prefix}ACCESS_KEY_ID`]: access.accessKeyId,
    [`${prefix}SECRET_ACCESS_KEY`]: access.secretAccessKey,
    ...(access.sessionToken ? { [`${prefix}SESSION_TOKEN`]: access.sessionToken } : {}),
  }
}
