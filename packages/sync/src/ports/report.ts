/** Where rows of `--report` go. */
export interface ReportRow {
  key: string
  outcome: 'copied' | 'skipped' | 'failed' | 'missing'
  code: string | null
  message: string | null
  bytes: number | null
  etag: string | null
  verification: string | null
  attempts: number
  durationMs: number | null
  manifest?: string | null
  row?: number | null
  destinationKey?: string | null
  versionId?: string | null
}

export interface ReportPort {
  write(row: ReportRow): void
  /** A promise to await if too much is buffered; null otherwise. */
  idle(): Promise<void> | null
  close(): Promise<void>
}
