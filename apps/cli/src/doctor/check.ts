export type Place = 'source' | 'destination' | 'machine' | 'queue'

/** The result of one check. `fix` says what to do about anything but `ok`. */
export interface Check {
  readonly place: Place
  readonly name: string
  /** `failed`: a run cannot work. `warning`: it can, but less well. `skipped`: an earlier failure prevents the check. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly detail: string
  readonly fix?: string
}

/** Notes what is found, in order. */
export interface Findings {
  ok(name: string, detail: string): void
  warning(name: string, detail: string, fix: string): void
  failed(name: string, detail: string, fix: string): void
  skipped(name: string, detail: string): void
}

export function findingsOf(place: Place, checks: Check[]): Findings {
  const note = (status: Check['status']) => (name: string, detail: string, fix?: string) => {
    checks.push({ place, name, status, detail, ...(fix === undefined ? {} : { fix }) })
  }
  return { ok: note('ok'), warning: note('warning'), failed: note('failed'), skipped: note('skipped') }
}
