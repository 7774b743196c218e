import { heartbeat, progressLine } from '../progress-line.js'
import type { MinioServer, ProvideMinioOptions } from './minio-server.js'
import { randomCredentials } from './random-credentials.js'

/** Docker Hub no longer has MinIO's images. */
const MINIO_IMAGE = 'quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z'

/** Starts MinIO in a container. `@testcontainers/minio` is loaded only here, because it has many dependencies. */
export async function startMinioContainer(options: ProvideMinioOptions): Promise<MinioServer> {
  const { accessKeyId, secretAccessKey } = options.credentials ?? randomCredentials()
  progressLine(`starting MinIO in Docker (${MINIO_IMAGE})`)
  const { MinioContainer } = await import('@testcontainers/minio')
  const stopHeartbeat = heartbeat(() => 'still starting MinIO in Docker')
  const container = await new MinioContainer(MINIO_IMAGE)
    .withUsername(accessKeyId)
    .withPassword(secretAccessKey)
    .withEnvironment({ MINIO_BROWSER: 'off', MINIO_UPDATE: 'off', ...options.env })
    .start()
    .finally(stopHeartbeat)
  return {
    url: container.getConnectionUrl().replace(/\/$/, ''),
    credentials: { accessKeyId, secretAccessKey },
    region: 'us-east-1',
    pid: null,
    stop: async () => {
      await container.stop()
    },
  }
}
