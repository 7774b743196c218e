import type { ByteSpan } from './byte-source.js'
import type { PlannedRowGroup } from './plan-row-groups.js'

/** The most that one request fetches for several row groups or columns. */
const MAX_SPAN_BYTES = 4 * 1024 * 1024

/** Unneeded bytes between two columns that are fetched because another request would take longer. */
const MAX_HOLE_BYTES = 256 * 1024

/** Row groups that are fetched together. */
export interface GroupRun<Group> {
  groups: Group[]
  /** Contains all wanted columns of the groups; `null` for a row group whose columns are fetched separately. */
  span: ByteSpan | null
}

/**
 * Groups neighbouring row groups as long as their wanted columns are close together and within {@link MAX_SPAN_BYTES}. Groups are taken
 * from the iterator as late as possible: one beyond those that are returned.
 */
export function* planSpans<Group extends { planned: Pick<PlannedRowGroup, 'chunks'> }>(
  groups: Iterable<Group>,
): Generator<GroupRun<Group>, void, undefined> {
  let run: GroupRun<Group> | null = null
  for (const group of groups) {
    const span = spanOf(group.planned)
    const joined = run?.span && span ? joinGroups(run.span, span) : null
    if (run && joined) {
      run.groups.push(group)
      run.span = joined
      continue
    }
    if (run) yield run
    run = { groups: [group], span }
    // Nothing can be joined to it.
    if (span) continue
    yield run
    run = null
  }
  if (run) yield run
}

/** One span for all columns of a row group, or `null` if they are too far apart. */
function spanOf({ chunks }: Pick<PlannedRowGroup, 'chunks'>): ByteSpan | null {
  const sorted = [...chunks.values()].toSorted((a, b) => a.start - b.start)
  let span: ByteSpan | null = sorted[0] ?? null
  for (const chunk of sorted) span = span && join(span, chunk)
  return span && { start: span.start, end: span.end }
}

function joinGroups(a: ByteSpan, b: ByteSpan): ByteSpan | null {
  // A row group without rows has no position.
  return b.start === b.end ? a : join(a, b)
}

function join(a: ByteSpan, b: ByteSpan): ByteSpan | null {
  const isNear = b.start >= a.start && b.start - a.end <= MAX_HOLE_BYTES
  const end = Math.max(a.end, b.end)
  return isNear && end - a.start <= MAX_SPAN_BYTES ? { start: a.start, end } : null
}
