import type { Client } from './client.js'

/**
 * s3sync (Rust). Everything beyond one GET and one PUT per object is turned off: listing the destination, copying tags, hashing the body
 * for the signature. Its check of the ETag stays on, except for objects that it copies in parts: it would compare them with an ETag of
 * other parts.
 */
export const s3sync: Client = {
  name: 's3sync',
  program: 's3sync',
  caveat: null,
  versionArgs: ['--version'],
  invocation(task, executable) {
    const { source, destination } = task
    return {
      command: executable,
      args: [
        ...(typeof task.concurrency === 'number' ? tuned(task.concurrency) : []),
        '--source-force-path-style',
        '--target-force-path-style',
        '--source-endpoint-url',
        source.url,
        '--target-endpoint-url',
        destination.url,
        '--source-region',
        source.region,
        '--target-region',
        destination.region,
        '--show-no-progress',
        '--quiet',
        `s3://${source.bucket}/${task.prefix ?? ''}`,
        `s3://${destination.bucket}/${task.prefix ?? ''}`,
      ],
      env: {
        SOURCE_ACCESS_KEY: source.accessKeyId,
        SOURCE_SECRET_ACCESS_KEY: source.secretAccessKey,
        TARGET_ACCESS_KEY: destination.accessKeyId,
        TARGET_SECRET_ACCESS_KEY: destination.secretAccessKey,
        ...(source.sessionToken ? { SOURCE_SESSION_TOKEN: source.sessionToken } : {}),
        ...(destination.sessionToken ? { TARGET_SESSION_TOKEN: destination.sessionToken } : {}),
      },
    }
  },
}

function tuned(concurrency: number): string[] {
  return [
    '--worker-size',
    String(concurrency),
    '--remove-modified-filter',
    '--disable-tagging',
    '--disable-payload-signing',
    '--disable-multipart-verify',
  ]
}
