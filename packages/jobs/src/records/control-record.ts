import type { StoredRecord } from '../ports.js'
import { decode } from './json.js'

/** The instructions of an operator to one worker, or to all. */
export interface ControlSettings {
  readonly paused?: boolean
  /** Limits and other settings by name; null lifts one. Their meaning is the caller's. */
  readonly settings?: Readonly<Record<string, string | number | boolean | null>>
}

export interface ControlRecord extends ControlSettings {
  /** For single workers, by id; added to what applies to all. */
  readonly workers?: Readonly<Record<string, ControlSettings>>
}

export function decodeControl(stored: StoredRecord | null): ControlRecord {
  return stored === null ? {} : decode<ControlRecord>(stored)
}

/** The instructions for one worker: paused if either says so. */
export interface WorkerControl {
  readonly paused: boolean
  /** What applies to the job. */
  readonly settings: NonNullable<ControlSettings['settings']>
  /** What applies to this worker alone. */
  readonly own: NonNullable<ControlSettings['settings']>
}

export function controlOf(control: ControlRecord, worker: string): WorkerControl {
  const own = control.workers?.[worker] ?? {}
  return {
    paused: control.paused === true || own.paused === true,
    settings: control.settings ?? {},
    own: own.settings ?? {},
  }
}
