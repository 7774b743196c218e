/** The last line under `--json`, after one line per setting. */
export interface ConfigReport {
  readonly type: 'config'
  readonly file: string | null
  readonly profile: string | null
  readonly profiles: readonly string[]
  /** The first problem that a run would refuse, or null. */
  readonly problem: string | null
}
