import { startSandbox, type Sandbox, type SandboxOptions } from '@lagoon/s3-sandbox'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parquetBytes, type Row, type Schema } from './parquet-bytes.js'
import { runCli, startCli, type CliOptions, type CliResult } from './run-cli.js'
import { temporaryDirectory } from './temporary-directory.js'

type RunOptions = Pick<CliOptions, 'env' | 'onEvent' | 'input' | 'fileBlocks'>

const column: Schema = { uri: { type: 'UTF8', optional: true } }

/** Two sandboxes with a bucket each, and the program to run between them. */
export interface SandboxJob {
  readonly source: Sandbox
  readonly destination: Sandbox
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  /** Objects at the source, each holding its own key. */
  putObjects(keys: readonly string[]): Promise<void>
  /** A manifest at the source; by default rows of one column `uri`. */
  putManifest(key: string, rows: readonly Row[], schema?: Schema): Promise<void>
  /** A manifest with a row for each of these keys; null for a row without one. */
  putKeys(manifest: string, keys: readonly (string | null)[]): Promise<void>
  /** Keys at the destination. */
  copied(): string[]
  run(args?: readonly string[], options?: RunOptions): Promise<CliResult>
  start(args?: readonly string[], options?: RunOptions): ReturnType<typeof startCli>
}

export async function sandboxJob(
  options: {
    source?: SandboxOptions
    destination?: SandboxOptions
    env?: Readonly<Record<string, string>>
  } = {},
): Promise<SandboxJob> {
  const source = await startSandbox({ buckets: ['lake'], ...options.source })
  const destination = await startSandbox({ buckets: ['copy'], ...options.destination })
  onTestFinished(async () => {
    await source.close()
    await destination.close()
  })
  const directory = temporaryDirectory()
  const env = {
    ...sideOf('SOURCE', source, 'lake'),
    ...sideOf('DESTINATION', destination, 'copy'),
    LAGOON_DATA_DIR: join(directory, 'state'),
    ...options.env,
  }
  const cli = (args: readonly string[], more: RunOptions): CliOptions => ({
    ...more,
    args,
    cwd: directory,
    env: { ...env, ...more.env },
  })
  const putManifest: SandboxJob['putManifest'] = async (key, rows, schema = column) => {
    await source.store.put('lake', key, await parquetBytes(schema, rows))
  }
  return {
    source,
    destination,
    directory,
    env,
    async putObjects(keys) {
      for (const key of keys) await source.store.put('lake', key, key)
    },
    putManifest,
    putKeys: (manifest, keys) =>
      putManifest(
        manifest,
        keys.map((uri) => ({ uri })),
      ),
    copied: () => destination.store.keys('copy'),
    run: (args = [], more = {}) => runCli(cli(args, more)),
    start: (args = [], more = {}) => startCli(cli(args, more)),
  }
}

function sideOf(side: string, { url, credentials }: Sandbox, bucket: string): Record<string, string> {
  return {
    [`LAGOON_${side}_ENDPOINT_URL`]: url,
    [`LAGOON_${side}_ACCESS_KEY_ID`]: credentials.accessKeyId,
    [`LAGOON_${side}_SECRET_ACCESS_KEY`]: credentials.secretAccessKey,
    [`LAGOON_${side}_BUCKET`]: bucket,
  }
}
