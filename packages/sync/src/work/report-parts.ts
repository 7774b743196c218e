import {
  JobsError,
  readParts,
  readStatus,
  type HeldItem,
  type Job,
  type ReportPart,
  type ReportParts,
} from '@lagoon/jobs'
import { createReportBuffer, type ReportBuffer } from '@lagoon/manifest'
import type { EndpointOptions, Store } from '@lagoon/transfer'
import { createStore } from '@lagoon/transfer'
import { describeError, SyncError } from '../ports/errors.js'
import type { ReportRow } from '../ports/report.js'
import type { FailureRecord } from '../ports/state.js'

/** Between two checkpoints each part is stored once: with a report they are further apart, unless the caller says how far. */
export const REPORT_INTERVAL_MS = 10_000

/** How often the list of parts is brought up to date while the job is worked on, ms. */
export const LIST_INTERVAL_MS = 60_000

const PART = /part-[0-9a-f]{16}-\d+-\d+-\d+-\d+\.parquet$/

/** Bucket and prefix of `s3://bucket/prefix/`. Throws `LAGOON_SYNC_INVALID_OPTION` for anything else. */
export function parseReportUrl(report: string): { bucket: string; prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/{}]+)(?:\/([^{}]*))?$/.exec(report) ?? []
  if (bucket !== undefined)
    return { bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` }
  throw new SyncError('LAGOON_SYNC_INVALID_OPTION', `the report is ${JSON.stringify(report)}`, {
    hint: 'Use a bucket and a prefix: s3://bucket/prefix/. The job and its items name the parts.',
  })
}

/**
 * Looks whether the bucket of the report is there, before a job is created that needs it.
 *
 * @throws TransferError what is wrong with it
 */
export async function checkReportBucket({
  destination,
  report,
}: {
  readonly destination: EndpointOptions
  readonly report?: string
}): Promise<void> {
  if (report === undefined) return
  const store = createStore({ ...destination, bucket: parseReportUrl(report).bucket }, 'destination')
  try {
    await store.probe()
  } catch (error) {
    // It needs not be listed.
    if ((error as { code?: string }).code !== 'LAGOON_TRANSFER_ACCESS_DENIED') throw error
  } finally {
    await store.close()
  }
}

interface JobReportOptions {
  readonly destination: EndpointOptions
  /** `s3://bucket/prefix/`, at the destination's endpoint. */
  readonly report: string
  /** Told when parts can't be stored, and trying again is of no use. */
  readonly onLost: (error: unknown) => void
}

/**
 * The report of a job, in parts under `<prefix><job>/`: one of each holder of an item. `_manifest.json` beside them names those that count:
 * each row that has an outcome is in exactly one of them, once for each time that it was tried.
 */
export class JobReport {
  readonly #job: Job
  readonly #store: Store
  readonly #url: string
  readonly #prefix: string
  readonly #onLost: (error: unknown) => void
  /** One after the other, so that what is written last is what was read last. */
  #writing: Promise<void> = Promise.resolve()

  constructor(job: Job, { destination, report, onLost }: JobReportOptions) {
    const { bucket, prefix } = parseReportUrl(report)
    this.#job = job
    this.#store = createStore({ ...destination, bucket }, 'destination')
    this.#prefix = `${prefix}${job.job}/`
    this.#url = `s3://${bucket}/${this.#prefix}`
    this.#onLost = onLost
  }

  get requests(): number {
    return this.#store.requests
  }

  /** The part of one holder of an item. */
  async part({ id, epoch }: Pick<HeldItem, 'id' | 'epoch'>): Promise<ItemPart> {
    const name = `part-${id.replaceAll('.', '-')}-${epoch}`
    return new ItemPart(name, await createReportBuffer(), {
      store: (key, body) => this.#storePart(key, body),
      remove: (key) => this.#store.deleteObject({ key: this.#prefix + key }).catch(() => undefined),
    })
  }

  /**
   * Writes `_manifest.json`: which parts count now. When the job is over, parts that do not count are removed, as far as that is allowed.
   *
   * @throws TransferError when the bucket can't be written to
   */
  writeManifest(): Promise<void> {
    const written = this.#writing.then(() => this.#writeManifest())
    this.#writing = written.catch(() => undefined)
    return written
  }

  async #writeManifest(): Promise<void> {
    const { meta, counts } = await readStatus(this.#job)
    const names: string[] = []
    for await (const { name } of readParts(this.#job)) names.push(name)
    const { copied, skipped, missing, failed } = counts
    const complete = meta.state === 'over'
    const content = {
      job: this.#job.job,
      complete,
      rows: copied + skipped + missing + failed,
      outcomes: { copied, skipped, missing, failed },
      format: 'parquet',
      read: readingQuery(this.#url),
      parts: names.sort().map((name) => this.#url + name),
    }
    const body = Buffer.from(`${JSON.stringify(content, null, 2)}\n`)
    await this.#store.putObject({
      key: `${this.#prefix}_manifest.json`,
      body,
      contentType: 'application/json',
    })
    if (complete) await this.#removeOthers(new Set(names)).catch(() => undefined)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  async #storePart(name: string, body: Uint8Array): Promise<void> {
    const key = this.#prefix + name
    try {
      await this.#store.putObject({ key, body, contentType: 'application/vnd.apache.parquet' })
    } catch (error) {
      this.#onLost(error)
      const { message, hint = 'Check that the bucket of the report can be written to.' } =
        describeError(error)
      // Tried again with the next checkpoint; without it the record stays as it is.
      throw new JobsError(
        'LAGOON_JOBS_NO_ANSWER',
        `a part of the report could not be stored: ${message}`,
        hint,
        {
          cause: error,
        },
      )
    }
  }

  async #removeOthers(names: ReadonlySet<string>): Promise<void> {
    for await (const { key } of this.#store.list({ prefix: `${this.#prefix}part-` })) {
      const name = key.slice(this.#prefix.length)
      if (PART.test(name) && !names.has(name)) await this.#store.deleteObject({ key })
    }
  }
}

/** The rows of the parts that count, of each row its newest outcome, in the words of DuckDB. */
function readingQuery(url: string): string {
  return [
    'SELECT outcome, count(*) FROM (',
    'SELECT *, row_number() OVER (PARTITION BY manifest, row ORDER BY time DESC) AS age',
    `FROM read_parquet('${url}part-*.parquet', filename = true)`,
    `WHERE filename IN (SELECT unnest(parts) FROM read_json('${url}_manifest.json'))`,
    ') WHERE age = 1 GROUP BY outcome',
  ].join(' ')
}

interface PartStore {
  store(name: string, body: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}

/** The rows that this worker settled of one item. A row that the item did not take, because it is lost or has an outcome, is not among them. */
export class ItemPart implements ReportParts {
  readonly #name: string
  readonly #rows: ReportBuffer
  readonly #store: PartStore
  /** Settled, and not told yet: the failure where there is one. */
  readonly #settled = new Map<number, FailureRecord | null>()
  #newest: { readonly rows: number; readonly part: ReportPart } | null = null
  #number = 0
  #recordedRows = 0
  #stored: string[] = []

  constructor(name: string, rows: ReportBuffer, store: PartStore) {
    this.#name = name
    this.#rows = rows
    this.#store = store
  }

  /** The item took an outcome; what is to be reported of it comes next. */
  settled(row: number, failure: FailureRecord | null): void {
    this.#settled.set(row, failure)
  }

  /** False for a row that is not one of those that were just settled. */
  write(row: ReportRow): boolean {
    const number = row.row ?? -1
    const failure = this.#settled.get(number)
    if (failure === undefined) return false
    this.#settled.delete(number)
    // A row that names an object again that failed is skipped where one machine copies; the record counts it as failed.
    const isFailed = failure !== null && row.outcome === 'skipped'
    this.#rows.write(
      isFailed ? { ...row, outcome: 'failed', code: failure.code, message: failure.message } : row,
    )
    return true
  }

  next(): ReportPart | null {
    const { rows } = this.#rows
    if (rows === this.#recordedRows) return null
    // The record could not be written with it: it is tried again, with nothing new.
    if (this.#newest?.rows === rows) return this.#newest.part
    const part = this.#partOf(rows)
    this.#newest = { rows, part }
    return part
  }

  #partOf(rows: number): ReportPart {
    const name = `${this.#name}-${(this.#number += 1)}.parquet`
    const body = this.#rows.toParquet()
    let isStored = false
    return {
      name,
      store: async () => {
        if (isStored) return
        this.#stored.push(name)
        await this.#store.store(name, body)
        isStored = true
      },
      recorded: () => {
        this.#recordedRows = rows
        this.#newest = null
        for (const old of this.#stored) if (old !== name) void this.#store.remove(old)
        this.#stored = [name]
      },
    }
  }
}
