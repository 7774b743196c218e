import { basename, dirname } from 'node:path'
import type { FailureRecord } from '@lagoon/state-lmdb'
import { CliError } from '../errors/cli-error.js'
import { choiceFlag } from '../options/flag-values.js'
import { checkMode, type ReportMode } from '../options/report-file.js'
import type { Settings } from '../options/settings.js'

/** Where failures are exported to. */
interface FailureExport {
  write(failure: FailureRecord): Promise<void>
  /** Makes the files whole, and names them. */
  close(): Promise<readonly string[]>
}

/** What `--export` and `--as` ask for; undefined for nothing. Throws what is wrong with them. */
export async function openFailureExport(settings: Settings): Promise<FailureExport | undefined> {
  const file = settings.flag('export')
  const as = choiceFlag(settings, 'as') ?? 'report'
  if (file === undefined) {
    if (as === 'report') return undefined
    throw new CliError('LAGOON_CLI_USAGE', '--as needs --export', 'Add --export FILE.')
  }
  const mode = choiceFlag(settings, 'report-mode') ?? 'new'
  const { report: path } = checkMode(file, as === 'report' ? mode : 'replace')
  if (as === 'report') return openReport(path, mode)
  const name = /^(.+)\.parquet$/i.exec(basename(path))?.[1]
  if (name !== undefined) return openManifests(dirname(path), name)
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    '--as manifest writes Parquet',
    'Use a file name that ends in .parquet, or omit --as: a JSON lines report can be read as a list of keys, too.',
  )
}

/** A row in the form of `sync --report`. */
async function openReport(path: string, mode: ReportMode): Promise<FailureExport> {
  const { createReportWriter } = await import('@lagoon/manifest')
  const report = await createReportWriter({ path, mode })
  return {
    async write({ key, class: kind, code, message, attempts, manifest, row }) {
      const outcome = kind === 'missing' ? 'missing' : 'failed'
      const unknown = { bytes: null, etag: null, verification: null, durationMs: null }
      report.write({ key, outcome, code, message, attempts, ...unknown, manifest: manifest.key, row })
      await report.idle()
    },
    async close() {
      await report.close()
      return [path]
    },
  }
}

/** What is needed to copy the objects, and no rows without a usable key. */
async function openManifests(directory: string, name: string): Promise<FailureExport> {
  const { createManifestWriter } = await import('@lagoon/manifest')
  const manifests = await createManifestWriter({ directory, name })
  return {
    async write({ key, class: kind, job }) {
      if (kind === 'row') return
      const { sizeBytes, versionId, destinationKey } = (job ?? {}) as {
        sizeBytes?: number
        versionId?: string
        destinationKey?: string
      }
      manifests.write({
        key,
        ...(sizeBytes === undefined ? {} : { size: sizeBytes }),
        ...(versionId === undefined ? {} : { versionId }),
        ...(destinationKey === undefined ? {} : { destinationKey }),
      })
      await manifests.idle()
    },
    async close() {
      return (await manifests.close()).map(({ path }) => path)
    },
  }
}
