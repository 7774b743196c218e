import type { Member } from './run-workers.js'

export const sceneNames = ['straggler', 'late', 'death'] as const
export type SceneName = (typeof sceneNames)[number]

/** Something that happens to a job, and how long it would take if that cost nothing. */
export interface Scene {
  readonly title: string
  readonly team: readonly Member[]
  /** Time for all objects at this many a second of each full worker; null where the question is another. */
  idealMs(objects: number, perSecond: number): number | null
}

/** What a straggler has in flight, of what the others have. */
export const stragglerShare = 0.1

/** @param concurrency in flight of each worker; a straggler has a tenth of it, and so a tenth of the rate where the stores are waited for */
export function sceneOf(name: SceneName, workers: number, concurrency: number | undefined): Scene {
  const full: Member = { concurrency }
  const others = Array.from({ length: workers - 1 }, () => full)
  switch (name) {
    case 'straggler':
      return {
        title: `one of ${workers} workers at a tenth of the rate`,
        team: [...others, { concurrency: Math.max(1, Math.round((concurrency ?? 1) * stragglerShare)) }],
        idealMs: (objects, rate) => timeOf(objects, (workers - 1 + stragglerShare) * rate),
      }
    case 'late':
      return {
        title: `one of ${workers} workers joins at half-time`,
        team: [...others, { ...full, joinsAt: 0.5 }],
        idealMs: (objects, rate) =>
          timeOf(objects / 2, (workers - 1) * rate) + timeOf(objects / 2, workers * rate),
      }
    case 'death':
      return {
        title: `one of ${workers} workers is killed after a third`,
        team: [...others, { ...full, killedAt: 1 / 3 }],
        idealMs: () => null,
      }
  }
}

function timeOf(objects: number, perSecond: number): number {
  return (1000 * objects) / perSecond
}
