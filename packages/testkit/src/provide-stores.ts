import { startSandbox } from '@lagoon/s3-sandbox'
import { environmentStores } from './environment-stores.js'
import { TestkitError } from './errors.js'
import { progressLine } from './progress-line.js'
import type { MinioServer } from './minio/minio-server.js'
import { endpointOf, provideMinio } from './minio/provide-minio.js'
import type { StorePair } from './s3/store-endpoint.js'

export interface ProvidedStores {
  pair: StorePair
  stop(): Promise<void>
}

/**
 * Two S3 servers for tests: those in the environment, else two of MinIO, else two sandboxes with a line that says so.
 *
 * @throws {TestkitError} `LAGOON_TESTKIT_MINIO_UNAVAILABLE` instead of sandboxes if `LAGOON_REQUIRE_MINIO=1`
 */
export async function provideStores(env: NodeJS.ProcessEnv): Promise<ProvidedStores> {
  const named = environmentStores(env)
  if (named !== null) {
    progressLine(`testing on ${named.source.url} and ${named.destination.url}`)
    return { pair: { kind: 'minio', ...named }, stop: async () => {} }
  }
  try {
    return await minioPair()
  } catch (error) {
    if (!(error instanceof TestkitError) || env['LAGOON_REQUIRE_MINIO'] === '1') throw error
    progressLine(`no MinIO, so tests of real S3 run on the sandbox: ${error.message}`)
    return sandboxPair()
  }
}

async function minioPair(): Promise<ProvidedStores> {
  // One after the other: the first may have to build the binary or pull the image.
  const source = await provideMinio()
  let destination: MinioServer
  try {
    destination = await provideMinio()
  } catch (error) {
    await source.stop()
    throw error
  }
  return {
    pair: { kind: 'minio', source: endpointOf(source), destination: endpointOf(destination) },
    stop: async () => {
      await Promise.all([source.stop(), destination.stop()])
    },
  }
}

async function sandboxPair(): Promise<ProvidedStores> {
  const [source, destination] = await Promise.all([startSandbox(), startSandbox()])
  return {
    pair: { kind: 'sandbox', source: endpointOf(source), destination: endpointOf(destination) },
    stop: async () => {
      await Promise.all([source.close(), destination.close()])
    },
  }
}
