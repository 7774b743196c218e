/** The last line under `--json`, after a line for each setting. */
export interface ConfigReport {
  readonly type: 'config'
  readonly file: string | null
  readonly profile: string | null
  readonly profiles: readonly string[]
  /** What a run would refuse first, or null. */
  readonly problem: string | null
}
