import type { StoreAccess } from '../s3/sign-request.js'

/** What is measured in a process of its own, so that memory is that of the task alone. */
export type ScaleTask =
  /** Records keys `0`, `step`, `2 × step` … as complete, in a state that is there or not. */
  | { task: 'record'; directory: string; identity: JobIdentity; keys: number; step: number }
  /** Looks complete keys up, in batches that jump over the whole range. */
  | { task: 'look-up'; directory: string; identity: JobIdentity; keys: number }
  /** Notes every manifest in a bucket as finished. */
  | {
      task: 'finish'
      directory: string
      identity: JobIdentity
      access: StoreAccess
      bucket: string
      prefix: string
    }
  /** Reads every key of every manifest in a bucket. */
  | { task: 'read'; access: StoreAccess; bucket: string; prefix: string }
  /** Lists a bucket with one ListObjectsV2 after the other, and counts. */
  | { task: 'list'; access: StoreAccess; bucket: string }

/** What a state is bound to. */
export interface JobIdentity {
  source: string
  destination: string
}

/** What a task tells. */
export interface ScaleAnswer {
  /** Keys that were recorded, looked up, read or listed. */
  keys: number
  /** Time that took, without start and end of the process. */
  durationMs: number
  /** Processor time of the same: what other work on the machine changes least. */
  cpuMs: number
  /** Of the state's file, when the last key was durable. */
  fileBytes?: number
}

export type TaskOf<Name extends ScaleTask['task']> = Extract<ScaleTask, { task: Name }>
