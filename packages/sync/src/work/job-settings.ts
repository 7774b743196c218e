import type { JobSettings } from '@lagoon/jobs'
import { createHash } from 'node:crypto'
import { describeFilter } from '../manifests/read-scope.js'
import type { ResolvedOptions } from '../options/options.js'
import { identityOfJob } from '../rows/job-identity.js'
import { parseReportUrl } from './report-parts.js'

/**
 * What all workers of a job must agree on: what is read, where it goes and how it is copied, by the names that settings have in a
 * configuration file. Nothing secret is among them; a customer's own key stays with each worker.
 */
export function settingsOfJob(options: ResolvedOptions): JobSettings {
  const { source, destination } = identityOfJob(options)
  const {
    manifestPrefix,
    manifests,
    manifestColumn,
    allVersions = false,
    filter,
    report,
    copy = {},
  } = options
  return {
    source,
    destination,
    manifest: manifests?.join(' ') ?? null,
    manifestPrefix: manifests === undefined ? manifestPrefix : null,
    manifestColumn: manifestColumn ?? null,
    allVersions,
    filter: filter === undefined ? null : describeFilter(filter),
    overwrite: copy.overwrite ?? null,
    verification: copy.verify ?? null,
    multipartThreshold: copy.multipartThresholdBytes ?? null,
    partSize: copy.partSizeBytes ?? null,
    copyTags: copy.tags ?? false,
    storageClass: copy.storageClass ?? null,
    acl: copy.acl ?? null,
    sse: copy.serverSideEncryption ?? null,
    sseKmsKeyId: copy.kmsKeyId ?? null,
    report: report === undefined ? null : reportUrl(report),
  }
}

function reportUrl(report: string): string {
  const { bucket, prefix } = parseReportUrl(report)
  return `s3://${bucket}/${prefix}`
}

const READING = [
  'source',
  'destination',
  'manifest',
  'manifestPrefix',
  'manifestColumn',
  'allVersions',
  'filter',
] as const

/** Those that say which objects a job is about. */
export function readingSettings(settings: JobSettings): JobSettings {
  return Object.fromEntries(READING.map((name) => [name, settings[name] ?? null]))
}

/** The default name of a job: the same on every machine for the same two buckets and key mapping. */
export function nameOfJob(options: ResolvedOptions): string {
  const { source, destination } = identityOfJob(options)
  const digest = createHash('sha256')
    .update(JSON.stringify([source, destination]))
    .digest('hex')
  const bucket = options.source.bucket.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 40)
  return `${bucket}-${digest.slice(0, 10)}`
}
