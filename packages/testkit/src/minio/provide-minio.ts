import { dockerEngineResponds } from './docker-engine.js'
import { startMinioContainer } from './docker-minio.js'
import { TestkitError } from '../errors.js'
import { findGoBinary, type GoBinary } from '../go-binary.js'
import { startMinioProcess } from './minio-process.js'
import type { MinioServer, ProvideMinioOptions } from './minio-server.js'
import { progressLine } from '../progress-line.js'
import type { StoreEndpoint } from '../s3/store-endpoint.js'

/** The version to build if no MinIO is found; its RELEASE tags are not versions of a Go module. */
export const MINIO: GoBinary = {
  name: 'minio',
  label: 'MinIO',
  module: 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c',
  version: 'minio version ',
  forbiddenBy: 'LAGOON_BUILD_MINIO',
  note: 'once, a few minutes. To run the tests that need it on the sandbox instead, stop and set LAGOON_BUILD_MINIO=0',
}

/**
 * A MinIO server for the caller: in Docker if an engine responds, else the `minio` on the PATH, else the cached build, else `go install`
 * into the cache.
 *
 * @throws {TestkitError} `LAGOON_TESTKIT_MINIO_UNAVAILABLE` if it cannot be obtained, `LAGOON_TESTKIT_MINIO_FAILED` if it does not start
 */
export async function provideMinio(options: ProvideMinioOptions = {}): Promise<MinioServer> {
  const processOnly =
    options.via === 'process' ||
    options.directory !== undefined ||
    options.port !== undefined ||
    options.tls !== undefined
  if (!processOnly && (await dockerEngineResponds(process.env))) {
    try {
      return await startMinioContainer(options)
    } catch (error) {
      progressLine(`Docker answers but gave no MinIO (${(error as Error).message.split('\n')[0]})`)
    }
  }
  const binary = await findGoBinary(MINIO, process.env)
  if (binary === null) {
    throw new TestkitError(
      'LAGOON_TESTKIT_MINIO_UNAVAILABLE',
      'no Docker engine answers, no `minio` server is on the PATH, and none was built',
      'Start Docker, install MinIO or Go (and do not set LAGOON_BUILD_MINIO=0), or name running servers with LAGOON_TEST_SOURCE_ENDPOINT_URL and the like.',
    )
  }
  return startMinioProcess(binary, options)
}

/** A server as the endpoint that clients and tests take. */
export function endpointOf(
  server: Pick<MinioServer, 'url' | 'credentials' | 'region' | 'certificateAuthority'>,
): StoreEndpoint {
  const { url, credentials, region, certificateAuthority } = server
  return { url, ...credentials, region, ...(certificateAuthority !== undefined && { certificateAuthority }) }
}
