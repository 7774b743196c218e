/** Where rows of `--report` go. */
export type { ReportRow, ReportWriter as ReportPort } from '@lagoon/manifest'
