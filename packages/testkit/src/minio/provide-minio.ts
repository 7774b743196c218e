import { dockerEngineAnswers } from './docker-engine.js'
import { startMinioContainer } from './docker-minio.js'
import { TestkitError } from '../errors.js'
import { findMinioBinary } from './minio-binary.js'
import { startMinioProcess } from './minio-process.js'
import type { MinioServer, ProvideMinioOptions } from './minio-server.js'
import { progressLine } from '../progress-line.js'
import type { StoreEndpoint } from '../s3/store-endpoint.js'

/**
 * A MinIO server of one's own: in Docker when an engine answers, else the `minio` on the PATH, else the cached build, else
 * `go install` into the cache.
 *
 * @throws {TestkitError} `LAGOON_TESTKIT_MINIO_UNAVAILABLE` when there is no way to get one, `LAGOON_TESTKIT_MINIO_FAILED` when
 * it doesn't start.
 */
export async function provideMinio(options: ProvideMinioOptions = {}): Promise<MinioServer> {
  const processOnly =
    options.via === 'process' ||
    options.directory !== undefined ||
    options.port !== undefined ||
    options.tls !== undefined
  if (!processOnly && (await dockerEngineAnswers())) {
    try {
      return await startMinioContainer(options)
    } catch (error) {
      progressLine(`Docker answers but gave no MinIO (${(error as Error).message.split('\n')[0]})`)
    }
  }
  const binary = await findMinioBinary()
  if (binary === null) {
    throw new TestkitError(
      'LAGOON_TESTKIT_MINIO_UNAVAILABLE',
      'no Docker engine answers, no `minio` server is on the PATH, and none was built',
      'Start Docker, install MinIO or Go (and do not set LAGOON_BUILD_MINIO=0), or name running servers with LAGOON_TEST_SOURCE_ENDPOINT_URL and the like.',
    )
  }
  return startMinioProcess(binary, options)
}

/** A server in the form that clients and tests take. */
export function endpointOf(
  server: Pick<MinioServer, 'url' | 'credentials' | 'region' | 'certificateAuthority'>,
): StoreEndpoint {
  const { url, credentials, region, certificateAuthority } = server
  return { url, ...credentials, region, ...(certificateAuthority !== undefined && { certificateAuthority }) }
}
